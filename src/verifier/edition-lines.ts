/**
 * The files of an edition that hold one document a line, read line by line: a catalogue may be larger than memory.
 */
import fs from 'node:fs';
import type { FindingSink } from './codes.ts';
import { type Fields, parseDocument, wrong } from './documents.ts';
import type { CheckedEdition } from './edition-check.ts';
import { editionPath } from './edition-shape.ts';
import { errnoOf, locate, openFile, Problem, type Tree, tell } from './files.ts';

/** Longest line: the torrents.json of some two hundred thousand volumes. */
const MAX_LINE_BYTES = 256 << 20;
const CHUNK_BYTES = 1 << 20;

/**
 * Gives each line of file `name` of an edition to `onLine`, which may throw a `Problem`. Returns whether all were read and
 * none was wrong; a file that is missing or damaged was told by the check of its folder and is left alone.
 */
export function forEachLine(
  { tree, edition, findings }: { tree: Tree; edition: CheckedEdition; findings: FindingSink },
  name: string,
  onLine: (fields: Fields, bytes: Buffer) => void,
): boolean {
  const path = editionPath(edition.number, name);
  if (!edition.files.has(path)) {
    const subject = editionPath(edition.number, 'edition.json');
    findings.add('VERIFY_DOCUMENT', subject, `lists no ${name}`);
    return false;
  }
  if (edition.damaged.has(path)) return false;
  let number = 0;
  try {
    for (const line of readLines(locate(tree, path)!)) {
      number += 1;
      onLine(parseDocument(line), line);
    }
    return true;
  } catch (error) {
    const isLine = error instanceof Problem && error.code === 'VERIFY_DOCUMENT';
    tell(findings, path, isLine ? wrong(`${error.seen}, line ${number}`) : error);
    return false;
  }
}

/** The lines of `file`, newlines included; a last line without one is given as it is. Throws a `Problem`. */
export function* readLines(file: string): Generator<Buffer> {
  const descriptor = openFile(file);
  try {
    let held: Buffer[] = [];
    let heldBytes = 0;
    for (let position = 0; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = fs.readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
      if (read === 0) break;
      position += read;
      let from = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0 && at < read; at = chunk.indexOf(0x0a, from)) {
        yield Buffer.concat([...held, chunk.subarray(from, at + 1)]);
        held = [];
        heldBytes = 0;
        from = at + 1;
      }
      held.push(chunk.subarray(from, read));
      heldBytes += read - from;
      if (heldBytes > MAX_LINE_BYTES) throw wrong(`a line of more than ${MAX_LINE_BYTES} bytes`);
    }
    if (heldBytes > 0) yield Buffer.concat(held);
  } catch (error) {
    if (error instanceof Error && 'errno' in error)
      throw new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}
