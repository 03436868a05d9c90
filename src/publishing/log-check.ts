/**
 * The log held against the editions: the checkpoint against keys and edition, every tile against what the editions give.
 *
 * Input: a folder of editions. Output: the head, or findings. Writes nothing. Spec: docs/formats/log.md.
 */
import type { Finding } from '../base/errors.ts';
import { FonotecaError } from '../base/errors.ts';
import { parsePublicKey } from '../formats/minisign.ts';
import { parseCheckpoint, parseNote, verifyNoteSignature } from '../formats/signed-note.ts';
import { EMPTY_EDGE, headOf, type LogEdge } from '../formats/tlog-edge.ts';
import type { TreeHead } from '../formats/tlog-proof.ts';
import { tilePath } from '../formats/tlog-tiles.ts';
import { logOrigin } from '../model/edition.ts';
import { storedKeys } from './keys-document.ts';
import { CHECKPOINT, type LogPlace, logFile, readTile, storedTiles } from './log-folder.ts';
import { storedEdition } from './log-history.ts';
import { extensions, headText, logHeadOf } from './log-state.ts';
import { highestFolder } from './published-state.ts';
import { readWholeFile } from './small-files.ts';

/** A log as its checkpoint states it. */
export interface StatedLog {
  readonly head: TreeHead;
  /** The edition behind which the log has that head. */
  readonly number: number;
}

/**
 * The log that the checkpoint states, which is that behind one of the editions and signed by its keys. Throws `FILE_MISSING`
 * before the first edition, `LOG_CHECKPOINT_INVALID`, `LOG_DIFFERS`, `SIGNATURE_KEY_UNKNOWN`, `SIGNATURE_WRONG`.
 */
export function statedLog(place: LogPlace): StatedLog {
  const note = parseNote(readWholeFile(place.disk, logFile(place, CHECKPOINT)));
  const { origin, ...head } = parseCheckpoint(note.text);
  // Behind a publication that was cut off, the newest edition is not in the log yet.
  for (let number = highestFolder(place); number > 0; number -= 1) {
    const { edition } = storedEdition(place, number).published;
    if (edition.log.size + 1 > head.size) continue;
    if (edition.log.size + 1 < head.size) break;
    if (origin !== logOrigin(edition.archive.id))
      throw new FonotecaError('LOG_DIFFERS', `a checkpoint of ${origin}`);
    requireSigned(place, number, note);
    return { head, number };
  }
  throw new FonotecaError('LOG_DIFFERS', `no edition leads to a log of ${head.size} entries`);
}

/** What is wrong with the files of the log: every tile is made again from the editions. Memory: the entries of one edition. */
export function checkLog(place: LogPlace, { head, number }: StatedLog): Finding[] {
  const findings: Finding[] = [];
  const found = new Set(storedTiles(place, Number.POSITIVE_INFINITY));
  const differs = (subject: string, seen: string) =>
    findings.push({ code: 'LOG_DIFFERS', subject, seen });
  let edge: LogEdge = EMPTY_EDGE;
  for (const extension of extensions(place, number)) {
    for (const tile of extension.tiles) {
      const name = tilePath(tile);
      const bytes = readTile(place, tile);
      if (bytes === undefined) differs(name, 'not there');
      else if (Buffer.compare(bytes, tile.bytes) !== 0) differs(name, 'other bytes');
      found.delete(name);
    }
    ({ edge } = extension);
  }
  for (const name of found) differs(name, 'a tile that no edition ended with');
  const [stated, made] = [headText(logHeadOf(head)), headText(logHeadOf(headOf(edge)))];
  if (stated !== made) differs(CHECKPOINT, `${stated}, the editions lead to ${made}`);
  return findings;
}

function requireSigned(
  place: LogPlace,
  number: number,
  { text, signatures }: ReturnType<typeof parseNote>,
): void {
  const { keys, roles } = storedKeys(place, number);
  const timestampKeys = keys
    .filter(({ id }) => roles.timestamp.includes(id))
    .map(({ publicKey }) => parsePublicKey(publicKey));
  const names = signatures.map(({ keyHash }) => Buffer.from(keyHash).toString('hex'));
  if (new Set(names).size !== names.length)
    throw new FonotecaError('SIGNATURE_WRONG', 'a checkpoint signed twice by one key');
  for (const signature of signatures) {
    const fits = timestampKeys.some((key) => isBy(text, signature, key));
    if (!fits)
      throw new FonotecaError(
        'SIGNATURE_WRONG',
        `the checkpoint is signed by no timestamp key of edition ${number}`,
      );
  }
}

function isBy(...[text, signature, key]: Parameters<typeof verifyNoteSignature>): boolean {
  try {
    verifyNoteSignature(text, signature, key);
    return true;
  } catch (error) {
    if (error instanceof FonotecaError && error.code.startsWith('SIGNATURE_')) return false;
    throw error;
  }
}
