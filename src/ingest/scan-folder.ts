/**
 * The files below a folder: names, sizes and times, without opening one.
 *
 * No link is followed. What is no regular file, and what cannot be looked at, is a finding; the scan goes on.
 */
import type { ByteNameDisk } from '../base/byte-name-disk.ts';
import { type Finding, findingFrom } from '../base/errors.ts';
import { linkedFolder } from './linked-folder.ts';
import { comparePlaces, pathText, type SourcePlace } from './source-path.ts';

/** A regular file as the scan saw it. */
export interface ScannedFile extends SourcePlace {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** What a scan found. */
export interface Scan {
  /** In the order of `comparePlaces`. */
  readonly files: readonly ScannedFile[];
  readonly findings: readonly Finding[];
  /** Folders below the root that could not be listed, as text: nothing is known of what lies in them. */
  readonly unlisted: readonly string[];
}

/** The files below `root`; the folder `archiveRoot` is passed over. Cost: one look a name, all kept in memory. */
export function scanFolder(source: ByteNameDisk, root: string, archiveRoot: string): Scan {
  const walk = startWalk(source, root);
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of walk.list(folder)) {
      const below = folder.length === 0 ? name : Buffer.concat([folder, Buffer.from('/'), name]);
      const entry = walk.look(below);
      if (entry?.kind !== 'directory') continue;
      if (!absolute(root, below).equals(Buffer.from(archiveRoot))) folders.push(below);
    }
  }
  return walk.finish();
}

/** The single files `names`, paths below the folder `root`. */
export function scanNames(source: ByteNameDisk, root: string, names: readonly string[]): Scan {
  const walk = startWalk(source, root);
  for (const name of names) walk.lookBelow(Buffer.from(name));
  return walk.finish();
}

function startWalk(source: ByteNameDisk, root: string) {
  const files = new Map<string, ScannedFile>();
  const findings: Finding[] = [];
  const unlisted: string[] = [];
  const unreadable = (error: unknown, path: string) => {
    const { code, seen } = findingFrom(error, path);
    findings.push({
      code: 'SOURCE_UNREADABLE',
      subject: path,
      seen: `${code}: ${seen}`.slice(0, 300),
    });
  };
  const walk = {
    list(folder: Buffer): Buffer[] {
      try {
        return source.list(absolute(root, folder));
      } catch (error) {
        const { path } = pathText(folder);
        unreadable(error, path === '' ? root : path);
        unlisted.push(path);
        return [];
      }
    },
    look(below: Buffer) {
      const place = { root, ...pathText(below) };
      try {
        const entry = source.look(absolute(root, below));
        if (entry && entry.kind !== 'file' && entry.kind !== 'directory')
          findings.push({ code: 'FILE_NOT_REGULAR', subject: place.path, seen: `a ${entry.kind}` });
        if (entry?.kind !== 'file') return entry;
        const twin = files.get(place.path);
        if (twin)
          findings.push({
            code: 'SOURCE_NAME_TWIN',
            subject: place.path,
            seen: 'two names written alike',
          });
        else
          files.set(place.path, { ...place, sizeBytes: entry.sizeBytes, mtimeMs: entry.mtimeMs });
        return entry;
      } catch (error) {
        unreadable(error, place.path);
        unlisted.push(place.path);
        return undefined;
      }
    },
    /** As `look`, for a name whose folders were not walked: they may have become links since it was told. */
    lookBelow(below: Buffer) {
      const { path } = pathText(below);
      try {
        const link = linkedFolder(source, root, below);
        if (link === undefined) return walk.look(below);
        const seen = `below ${JSON.stringify(link)}, which is a link`;
        findings.push({ code: 'FILE_NOT_REGULAR', subject: path, seen });
      } catch (error) {
        unreadable(error, path);
      }
    },
    finish: (): Scan => ({ files: [...files.values()].sort(comparePlaces), findings, unlisted }),
  };
  return walk;
}

function absolute(root: string, below: Buffer): Buffer {
  if (below.length === 0) return Buffer.from(root);
  return Buffer.concat([Buffer.from(root.endsWith('/') ? root : `${root}/`), below]);
}
