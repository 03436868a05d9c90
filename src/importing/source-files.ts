/**
 * The files of a source: which of those given a preset knows, in an order that does not depend on the machine, their
 * digests, and their contents as they stream by.
 */
import fs from 'node:fs';
import path from 'node:path';
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

const PACKED = /\.(?:gz|bz2|zst|xz|tgz|tbz2?|txz|tzst)$/i;
const MOST_FILES = 100_000;

/** The files at `paths`, folders gone through, in the order of their names' bytes, each once. `FILE_MISSING`, `IMPORT_NOTHING`. */
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
  return [...found].sort(
    (a, b) => compareBytes(path.basename(a), path.basename(b)) || compareBytes(a, b),
  );
}

/** `file` with its size and digest. */
export function digestFile(disk: Disk, file: string): InputFile {
  const hash = startSha256();
  let bytes = 0;
  // Whoever names a link to a dump means the dump; what is opened is never a link.
  const real = attempt(file, () => fs.realpathSync(file));
  for (const chunk of readFileChunks(disk, real)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path: real, name: path.basename(file), bytes, sha256: hash.finish() };
}

/**
 * The files inside `input`: itself unpacked, or what its tar holds, unpacked too; `count` is told of the bytes read. When all of it has been read, its digest
 * is compared with the one taken before: `SOURCE_CHANGED`. Broken packing: `SOURCE_COMPRESSION`.
 */
export async function* openSource(
  disk: Disk,
  input: InputFile,
  count: (bytes: number) => void,
): AsyncGenerator<SourceMember> {
  const hash = startSha256();
  const chunks = (async function* () {
    for (const chunk of readFileChunks(disk, input.path)) {
      hash.update(chunk);
      count(chunk.length);
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
    if (hash.finish() !== input.sha256) throw new FonotecaError('SOURCE_CHANGED', input.name);
  })();
  for await (const member of membersOf(plainName(input.name), decompress(chunks))) {
    yield { name: plainName(member.name), chunks: decompress(member.chunks) };
  }
}

/** The kind of file that `name` is to `preset`, the fact it states, or undefined. */
export function ruleFor(name: string, preset: Preset): SourceFile | DumpFact | undefined {
  return (
    preset.files.find(({ match }) => match.some((glob) => globPattern(glob).test(name))) ??
    preset.facts?.find(({ match }) => globPattern(match).test(name))
  );
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
