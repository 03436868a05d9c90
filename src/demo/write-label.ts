/**
 * Writes the demo label into an empty folder: sound, covers, companions, table and statement.
 *
 * Input: a folder, a disk and a seed. Output: the files, and a summary that says which of them are flawed on purpose.
 * The same seed gives the same bytes; there is no clock and no other chance.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Album } from './album.ts';
import { cueSheet, playlist, STATEMENT, timedLyrics, tracksTable } from './companions.ts';
import { drawCover } from './cover-art.ts';
import { ALBUMS } from './label.ts';
import { albumFolder, type Flaw, LICENCE, type SoundFile, soundFiles } from './label-files.ts';
import type { MadeSound } from './make-file.ts';
import { makeSounds } from './make-sounds.ts';
import { startRandom } from './random.ts';

/** The seed of the label that everyone hears. */
const DEFAULT_SEED = 'fonoteca';

/** What `composeLabel` needs to know. */
export interface LabelOptions {
  /** The folder, which must be empty or not there yet. */
  readonly directory: string;
  readonly disk: Disk;
  readonly seed?: string;
  /** Which sound files to make, by path; all of them when absent. Albums without any are left out. */
  readonly only?: (path: string) => boolean;
  /** Hears of every sound file that was written. */
  readonly onProgress?: (progress: { done: number; total: number; path: string }) => void;
}

/** What was written. Paths are below the folder. */
export interface LabelSummary {
  readonly directory: string;
  readonly artists: number;
  readonly albums: number;
  readonly sounds: readonly {
    path: string;
    title: string;
    durationMs: number;
    sizeBytes: number;
  }[];
  readonly files: number;
  readonly sizeBytes: number;
  readonly durationMs: number;
  /** The files that are flawed on purpose, and how. */
  readonly flawed: readonly { path: string; flaw: Flaw }[];
  /** The files that are no part of a label. */
  readonly foreign: readonly string[];
  readonly table: string;
}

const TABLE = 'tracks.csv';
const FOREIGN_FILE = 'notes.tmp';
const FOREIGN_TEXT = 'call the boatman about the tide tables; buy oranges\n';
/** Where the truncated file ends, as a part of its length. */
const CUT_AT = 0.7;

/** Composes the label and writes it; throws `FILE_EXISTS` when the folder holds anything. */
export async function composeLabel(options: LabelOptions): Promise<LabelSummary> {
  const { directory, disk, only = () => true, seed = DEFAULT_SEED } = options;
  if (disk.list(directory).length > 0)
    throw new FonotecaError('FILE_EXISTS', `${directory} is not empty`);
  const chosen = soundFiles().filter((sound) => only(sound.path));
  const albums = ALBUMS.filter((album) =>
    chosen.some(({ path }) => path.startsWith(`${albumFolder(album)}/`)),
  );
  const covers = new Map(
    albums.map((album) => [album, drawCover(album.cover, startRandom(`${seed} ${album.title}`))]),
  );
  let sizeBytes = 0;
  let files = 0;
  const put = (file: string, bytes: Uint8Array | string) => {
    const final = path.join(directory, file);
    ensureDirectory(disk, path.dirname(final));
    putFile(disk, final, bytes, { replace: false });
    sizeBytes += Buffer.byteLength(bytes);
    files += 1;
  };
  const sounds = await writeSounds(chosen, covers, seed, put, options.onProgress);
  const companions = companionsOf(albums, covers, chosen, sounds);
  for (const [file, content] of companions) put(file, content);
  // The papers themselves have rows too, or they would be held dark.
  put(TABLE, tracksTable(chosen, [...companions.keys(), LICENCE.statement, TABLE]));
  put(LICENCE.statement, STATEMENT);
  put(FOREIGN_FILE, FOREIGN_TEXT);
  return {
    directory,
    artists: new Set(albums.map(({ artist }) => artist)).size,
    albums: albums.length,
    sounds,
    files,
    sizeBytes,
    durationMs: sounds.reduce((sum, { durationMs }) => sum + durationMs, 0),
    flawed: chosen.flatMap(({ path, flaw }) => (flaw ? [{ path, flaw }] : [])),
    foreign: [FOREIGN_FILE],
    table: TABLE,
  };
}

async function writeSounds(
  chosen: readonly SoundFile[],
  covers: ReadonlyMap<Album, Uint8Array>,
  seed: string,
  put: (file: string, bytes: Uint8Array) => void,
  onProgress: LabelOptions['onProgress'],
): Promise<LabelSummary['sounds']> {
  const written: { path: string; title: string; durationMs: number; sizeBytes: number }[] = [];
  const orders = chosen.map((sound) => ({
    seed: `${seed} ${sound.title}`,
    recipe: sound.recipe,
    coding: sound.coding,
    tags: { fields: sound.tags, cover: sound.embeds && covers.get(sound.embeds) },
  }));
  let done = 0;
  await makeSounds(orders, (made, index) => {
    const { path, title, flaw } = chosen[index]!;
    const bytes = flawedBytes(made, flaw);
    put(path, bytes);
    written[index] = { path, title, durationMs: made.durationMs, sizeBytes: bytes.length };
    done += 1;
    onProgress?.({ done, total: chosen.length, path });
  });
  return written;
}

function flawedBytes({ bytes }: MadeSound, flaw?: Flaw): Uint8Array {
  if (flaw === 'cut-short') return bytes.subarray(0, Math.floor(bytes.length * CUT_AT));
  if (flaw !== 'byte-changed') return bytes;
  // The middle of the file lies inside an audio frame: metadata is a small part at its start.
  const changed = Uint8Array.from(bytes);
  changed[changed.length >> 1]! ^= 0xff;
  return changed;
}

/** Every companion by its path, in the order of the albums. */
function companionsOf(
  albums: readonly Album[],
  covers: ReadonlyMap<Album, Uint8Array>,
  chosen: readonly SoundFile[],
  sounds: LabelSummary['sounds'],
): Map<string, Uint8Array | string> {
  const companions = new Map<string, Uint8Array | string>();
  for (const album of albums) {
    const folder = albumFolder(album);
    companions.set(`${folder}/cover.png`, covers.get(album)!);
    const tracks = sounds
      .filter((sound) => sound.path.startsWith(`${folder}/`))
      .map(({ path: file, title, durationMs }) => ({
        name: path.basename(file),
        title,
        durationMs,
      }));
    if (album.playlist === 'cue')
      companions.set(`${folder}/${path.basename(folder)}.cue`, cueSheet(album, tracks));
    if (album.playlist === 'm3u8')
      companions.set(`${folder}/${path.basename(folder)}.m3u8`, playlist(album, tracks));
  }
  for (const { path: file, lyrics, ...piece } of chosen)
    if (lyrics)
      companions.set(
        file.replace(/\.[a-z0-9]+$/, '.lrc'),
        timedLyrics(piece, lyrics, piece.artist),
      );
  return companions;
}
