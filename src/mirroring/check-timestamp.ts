/**
 * The pointer and the timestamp of an address: what it says is newest, held against clock and memory. Input: their bytes.
 * Output: the checked timestamp, or a refusal with its code. Specified in docs/formats/following.md.
 */
import type { Clock } from '../base/clock.ts';
import { FonotecaError } from '../base/errors.ts';
import {
  countField,
  objectField,
  parseDocument,
  SHA256,
  textField,
} from '../verifier/documents.ts';
import type { CheckedEdition } from '../verifier/edition-check.ts';
import { readLogHead } from '../verifier/edition-shape.ts';
import { Problem } from '../verifier/files.ts';
import { readTerm } from '../verifier/pointer-check.ts';
import { checkSignature } from '../verifier/signature.ts';
import type { FollowState, LogHead } from './follow-state.ts';

/** What `current.json` names. */
export interface Pointer {
  readonly edition: number;
  readonly timestamp: number;
}

/** A timestamp whose signature holds. */
export interface SignedTimestamp {
  readonly sha256: string;
  readonly date: string;
  readonly expires: string;
  readonly log: LogHead | null;
}

/** How far two honest clocks may be apart. */
const CLOCK_DRIFT_MS = 10 * 60 * 1000;
/** The largest number an edition or a timestamp may have. */
const MAX_NUMBER = 999_999_999;

/** The pointer in `bytes`. `VERIFY_POINTER`. */
export function readPointer(bytes: Uint8Array): Pointer {
  return asError('editions/current.json', 'VERIFY_POINTER', () => {
    const document = parseDocument(bytes);
    const [edition, timestamp] = ['edition', 'timestamp'].map((key) =>
      countField(document, key, 1),
    );
    if (Object.keys(document).length !== 2 || edition! > MAX_NUMBER || timestamp! > MAX_NUMBER)
      throw new Problem('VERIFY_POINTER', 'other fields');
    return { edition: edition!, timestamp: timestamp! };
  });
}

/** The timestamp that `pointer` names, signed by a timestamp key of `edition`. Throws the verifier's codes. */
export function readTimestamp(
  { bytes, signature }: { bytes: Uint8Array; signature: Uint8Array },
  pointer: Pointer,
  edition: CheckedEdition,
): SignedTimestamp {
  const subject = `timestamp ${pointer.edition}-${pointer.timestamp}`;
  return asError(subject, undefined, () => {
    const comment = `fonoteca-timestamp/1 number ${pointer.edition}-${pointer.timestamp}`;
    checkSignature(edition.keys.timestamp, bytes, signature, comment);
    const document = parseDocument(bytes);
    textField(document, 'format', /^fonoteca-timestamp\/1$/);
    const fits =
      countField(document, 'edition', 1) === pointer.edition &&
      countField(document, 'sequence', 1) === pointer.timestamp;
    if (!fits) throw new Problem('VERIFY_TIMESTAMP', 'of another edition or sequence');
    return {
      sha256: textField(document, 'sha256', SHA256),
      ...readTerm(document),
      log: document.log === undefined ? null : readLogHead(objectField(document, 'log')),
    };
  });
}

/**
 * Refuses with `FOLLOW_CLOCK` when the clock of this machine stands before what it, or the archive, has already seen.
 * Where only this machine was ahead, in the run that wrote the state `file`, it says how to take that back.
 */
export function requireClock(clock: Clock, known: FollowState, file: string): void {
  const now = clock.nowIso();
  const { checked, timestamp } = known;
  if (isBefore(now, timestamp.date, CLOCK_DRIFT_MS))
    throw new FonotecaError(
      'FOLLOW_CLOCK',
      `this clock says ${now}, seen before: ${timestamp.date}`,
    );
  if (!isBefore(now, checked, CLOCK_DRIFT_MS)) return;
  const remedy = `if this clock is right and that run's was ahead, set "checked" in ${file} to ${timestamp.date}`;
  throw new FonotecaError(
    'FOLLOW_CLOCK',
    `this clock says ${now}, an earlier run here said ${checked} and no signature so late: ${remedy}`,
  );
}

/** Refuses a timestamp that has run out (`FOLLOW_FROZEN`) or that lies ahead of this clock (`FOLLOW_CLOCK`). */
export function requireFresh(clock: Clock, { date, expires }: SignedTimestamp): void {
  const now = clock.nowIso();
  if (isBefore(now, date, CLOCK_DRIFT_MS))
    throw new FonotecaError('FOLLOW_CLOCK', `this clock says ${now}, the timestamp ${date}`);
  if (!isBefore(now, expires, 0))
    throw new FonotecaError('FOLLOW_FROZEN', `it ran out at ${expires}, now ${now}`);
}

/** Whether `a` lies more than `driftMs` before `b`. */
function isBefore(a: string, b: string, driftMs: number): boolean {
  return Date.parse(a) + driftMs < Date.parse(b);
}

/** The result of `action`; the verifier's problem becomes an error about `subject`, under `code` when one is given. */
function asError<T>(subject: string, code: 'VERIFY_POINTER' | undefined, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new FonotecaError(code ?? error.code, `${subject}: ${error.seen}`, { cause: error });
  }
}
