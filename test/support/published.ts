/** What an archive has published, read from its files as a stranger would: no ledger, no program of ours. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A volume as the edition states it, with where its files lie. */
export interface PublishedVolume {
  readonly name: string;
  readonly tier: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly infohashV1: string;
  readonly infohashV2: string;
  readonly members: number;
  readonly file: string;
  readonly torrent: string;
}

/** A published file of a track or album. */
export interface PublishedFile {
  readonly digest: string;
  readonly tier: string;
  readonly volume: string;
  /** Path in the volume. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly format?: string;
}

/** The folder of edition `number` below the archive in `root`. */
export function editionFolder(root: string, number = 1): string {
  return path.join(root, 'editions', String(number).padStart(4, '0'));
}

/** The volumes of edition `number`, by name. */
export function publishedVolumes(root: string, number = 1): PublishedVolume[] {
  const edition = readJson(path.join(editionFolder(root, number), 'edition.json'));
  return (edition.volumes as (PublishedVolume & { torrent: string })[]).map((volume) => ({
    ...volume,
    file: path.join(root, 'volumes', `${volume.name}.tar`),
    torrent: path.join(root, volume.torrent),
  }));
}

/** Every file that the catalogue of edition `number` gives, of tracks and of albums. Papers of no album are in neither. */
export function publishedFiles(root: string, number = 1): PublishedFile[] {
  return ['catalogue.jsonl', 'albums.jsonl'].flatMap((name) =>
    readLines(path.join(editionFolder(root, number), name)).flatMap(
      (line) => line.files as PublishedFile[],
    ),
  );
}

/** The lines of a `.jsonl` file. */
export function readLines(file: string): Record<string, unknown>[] {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** SHA-256 of a file or of bytes, in hex, by Node alone. */
export function sha256Of(what: string | Uint8Array): string {
  const bytes = typeof what === 'string' ? fs.readFileSync(what) : what;
  return createHash('sha256').update(bytes).digest('hex');
}

/** Digests of all files below `folder` by their paths, sorted. */
export function treeDigests(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, sha256Of(path.join(folder, name))]));
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
