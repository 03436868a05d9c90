/**
 * The editions as the log looks at them: from their folders, or from the documents of one that is being made.
 *
 * Input: a folder of editions. Output: digests, and lines read as they are asked for. Spec: docs/formats/log.md.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { type Disk, readFileChunks } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type Edition, editionFilePath, editionFolderName } from '../model/edition.ts';
import type { LoggedEdition, LoggedLines } from './log-entries.ts';
import type { LogPlace } from './log-folder.ts';
import { type PublishedEdition, readEdition } from './published-state.ts';

/** An edition in its place, for the log. */
export interface StoredEdition extends LoggedEdition {
  readonly published: PublishedEdition;
}

/** Longest line of a document that is looked at. */
const MAX_LINE_BYTES = 2 ** 20;
const LF = 0x0a;

/** Edition `number` in its folder. Throws `EDITION_INVALID`. */
export function storedEdition(place: LogPlace, number: number): StoredEdition {
  return asStored(place, readEdition(place, number));
}

/** `published`, whose folder is in its place. Its lines are read from disk each time they are asked for. */
export function asStored(
  { disk, directories }: LogPlace,
  published: PublishedEdition,
): StoredEdition {
  const { number, tombstones, rights } = published.edition;
  const folder = path.join(directories.editions, editionFolderName(number));
  const linesOf = (name: string, sha256: Digest): LoggedLines => ({
    sha256,
    lines: () => fileLines(disk, path.join(folder, name)),
  });
  return {
    published,
    number,
    keys: keysDigest(published.edition),
    tombstones: linesOf('tombstones.jsonl', tombstones.sha256),
    rights: linesOf('rights.jsonl', rights.sha256),
  };
}

/** `text`, a document of one line an item, and its digest. */
export function linesOfText(sha256: Digest, text: string): LoggedLines {
  return { sha256, lines: () => textLines(text) };
}

function keysDigest({ number, files }: Edition): Digest {
  const name = editionFilePath(number, 'keys.json');
  const listed = files.find((file) => file.path === name);
  if (!listed) throw new FonotecaError('EDITION_INVALID', `edition ${number} lists no keys.json`);
  return listed.sha256;
}

function* textLines(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at) + 1 || text.length;
    yield text.slice(at, end);
    at = end;
  }
}

/** The lines of `file`, each with its LF. Memory: one line and one chunk. */
function* fileLines(disk: Disk, file: string): Generator<string> {
  let rest: Uint8Array = new Uint8Array();
  for (const chunk of readFileChunks(disk, file)) {
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      yield Buffer.concat([rest, chunk.subarray(at, end + 1)]).toString('utf8');
      rest = new Uint8Array();
      at = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(at)]);
    if (rest.length > MAX_LINE_BYTES)
      throw new FonotecaError(
        'EDITION_INVALID',
        `a line longer than ${MAX_LINE_BYTES} bytes in ${file}`,
      );
  }
  if (rest.length > 0) yield Buffer.from(rest).toString('utf8');
}
