/**
 * The files of a source: which of those given a preset knows, in an order that does not depend on the machine, their
 * digests, and their contents as they stream by.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { startSha256 } from '../base/digest.ts';
import { attempt, type Disk, readFileChunks } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { compareBytes } from '../base/safe-path.ts';
import type { ImportRecord } from '../model/import-record.ts';
import { decompress } from './decompress.ts';
import type { DumpFact, Preset, SourceFile } from './preset.ts';
import { membersOf, type SourceMember } from './tar-members.ts';

/** A file given to an import. */
export interface InputFile {
  readonly path: string;
  /** Without folders, as it is told and recorded. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: ImportRecord['files'][number]['sha256'];
}

/** A file inside a source. */
export interface OpenMember extends SourceMember {
  /** Its bytes as they are, for passing over it: read these or `chunks`. */
  readonly packed: AsyncIterable<Buffer>;
}

const PACKED = /\.(?:gz|bz2|zst|xz|tgz|tbz2?|txz|tzst)$/i;
const PACKED_TAR = /\.(?:tgz|tbz2?|txz|tzst)$/i;
const MOST_FILES = 100_000;
/** Chunks read, a megabyte of them, before signals and timers have their turn: a disk's answer is waited for without one. */
const CHUNKS_A_TURN = 4;

/**
 * The files at `paths`, folders gone through, in the order of their names' bytes, each once. `FILE_MISSING`,
 * `IMPORT_NOTHING`, `SOURCE_TWICE` of a file that lies there packed and unpacked.
 */
export function findFiles(paths: readonly string[], preset: Preset): string[] {
  const found = new Set<string>();
  for (const given of paths) {
    const file = path.resolve(given);
    const stat = attempt(file, () => fs.statSync(file));
    if (!stat.isDirectory()) {
      if (!mayBelong(file, preset)) throw new FonotecaError('IMPORT_NOTHING', path.basename(file));
      found.add(file);
    } else for (const inside of filesIn(file)) if (mayBelong(inside, preset)) found.add(inside);
    if (found.size > MOST_FILES)
      throw new FonotecaError('IMPORT_NOTHING', `more than ${MOST_FILES} files`);
  }
  const files = [...found].sort(
    (a, b) => compareBytes(path.basename(a), path.basename(b)) || compareBytes(a, b),
  );
  byPlace(files);
  return files;
}

/** `files` by what they are called without packing, folders included. `SOURCE_TWICE` when two of them are called the same. */
export function byPlace(files: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const file of files) {
    const place = placeOf(file);
    const other = places.get(place);
    if (other !== undefined) throw new FonotecaError('SOURCE_TWICE', `${other} and ${file}`);
    places.set(place, file);
  }
  return places;
}

/** The path `file` as it is without packing. */
export function placeOf(file: string): string {
  return plainName(file) + (PACKED_TAR.test(file) ? '.tar' : '');
}

/**
 * `file` with its size and digest, or undefined when `goesOn`, which hears of the bytes read so far, says no. `FILE_MISSING`,
 * `FILE_NOT_REGULAR`.
 */
export async function digestFile(
  disk: Disk,
  file: string,
  goesOn: (bytes: number) => boolean = () => true,
): Promise<InputFile | undefined> {
  const hash = startSha256();
  let bytes = 0;
  // Whoever names a link to a dump means the dump; what is opened is never a link.
  const real = attempt(file, () => fs.realpathSync(file));
  for await (const chunk of chunksOf(disk, real)) {
    hash.update(chunk);
    bytes += chunk.length;
    if (!goesOn(bytes)) return undefined;
  }
  return { path: real, name: path.basename(file), bytes, sha256: hash.finish() };
}

/** Gives `chunks` to `take`; false when that was stopped before their end. */
export async function eachChunk(
  chunks: AsyncIterable<Buffer>,
  take: (chunk: Buffer) => Promise<void> | void,
  goesOn: () => boolean,
): Promise<boolean> {
  for await (const chunk of chunks) {
    await take(chunk);
    if (!goesOn()) return false;
  }
  return true;
}

/**
 * The files inside `input`: itself unpacked, or what its tar holds, unpacked too; `count` is told of the bytes read. When all
 * of it has been read, its digest is compared with the one taken before: `SOURCE_CHANGED`. Broken packing:
 * `SOURCE_COMPRESSION`. Left early, it closes the file.
 */
export async function* openSource(
  disk: Disk,
  input: InputFile,
  count: (bytes: number) => void,
): AsyncGenerator<OpenMember> {
  const hash = startSha256();
  const chunks = (async function* () {
    for await (const chunk of chunksOf(disk, input.path)) {
      hash.update(chunk);
      count(chunk.length);
      yield chunk;
    }
    if (hash.finish() !== input.sha256) throw new FonotecaError('SOURCE_CHANGED', input.name);
  })();
  try {
    for await (const member of membersOf(plainName(input.name), decompress(chunks)))
      yield {
        name: plainName(member.name),
        inTar: member.inTar,
        chunks: decompress(member.chunks),
        packed: member.chunks,
      };
  } finally {
    // A reader in between that was never asked for anything closes nothing.
    await chunks.return();
  }
}

/** The kind of file that `name` is to `preset`, the fact it states, or undefined. */
export function ruleFor(name: string, preset: Preset): SourceFile | DumpFact | undefined {
  return (
    preset.files.find(({ match }) => match.some((glob) => globPattern(glob).test(name))) ??
    preset.facts?.find(({ match }) => globPattern(match).test(name))
  );
}

/** The bytes of `file`, with turns of the event loop between them. */
async function* chunksOf(disk: Disk, file: string): AsyncGenerator<Buffer> {
  let count = 0;
  for (const chunk of readFileChunks(disk, file)) {
    count += 1;
    if (count % CHUNKS_A_TURN === 0) await turn();
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }
}

/** `name` without what compression adds to it. */
function plainName(name: string): string {
  return name.replace(PACKED, '');
}

/** A tar is opened to see; any other file must have a name that the preset knows. */
function mayBelong(file: string, preset: Preset): boolean {
  const name = path.basename(file);
  return (
    /\.tar(?:\.|$)|\.t(?:gz|bz2?|xz|zst)$/i.test(name) ||
    ruleFor(plainName(name), preset) !== undefined
  );
}

function filesIn(directory: string): string[] {
  const entries = attempt(directory, () => fs.readdirSync(directory, { withFileTypes: true }));
  return entries.flatMap((entry) => {
    const inside = path.join(directory, entry.name);
    if (entry.isDirectory()) return filesIn(inside);
    return entry.isFile() ? [inside] : [];
  });
}

function globPattern(glob: string): RegExp {
  const literal = glob
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('#', '\\d+');
  return new RegExp(`^${literal}$`);
}
