/**
 * The pointer and the timestamps: what tells a reader which edition is the newest.
 *
 * They decide only whether a following client goes on to a newer edition. An expiry that has passed is no damage:
 * whoever verifies offline, years later, must not be told that the archive is broken.
 */
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import {
  countField,
  type Fields,
  objectField,
  parseDocument,
  requireFields,
  SHA256,
  textField,
} from './documents.ts';
import type { CheckedEdition } from './edition-check.ts';
import { readLogHead } from './edition-shape.ts';
import { editionFolder, listDirectory, Problem, readWhole, type Tree, tell } from './files.ts';
import type { LogHeads } from './log-check.ts';
import { checkSignature, MAX_SIGNATURE_BYTES } from './signature.ts';

/** What the pointer and the newest timestamp say. */
export interface PointerState {
  /** The edition that current.json names; undefined when it names none that is there. */
  readonly edition: number | undefined;
  /** When the timestamp that current.json names expires. */
  readonly expires: string | undefined;
}

const TIMESTAMP = /^(\d{4,9})-(\d{1,9})\.json(\.minisig)?$/;
const TIMESTAMP_FIELDS = ['date', 'edition', 'expires', 'format', 'log', 'sequence', 'sha256'];
/** As years are counted: there is none before the first. */
const INSTANT = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MAX_DOCUMENT_BYTES = 65536;
/** A day more than the 30 that publishers say. */
const MAX_TERM_MS = 31 * 24 * 3600 * 1000;

/** Checks every timestamp and the pointer against `editions` and `heads` of the log (by number). */
export function checkPointer(
  tree: Tree,
  editions: ReadonlyMap<number, CheckedEdition>,
  heads: LogHeads,
  findings: FindingSink,
): PointerState {
  const expiries = checkTimestamps(tree, editions, heads, findings);
  const subject = 'editions/current.json';
  try {
    const document = parseDocument(
      readWhole(path.join(tree.editions, 'current.json'), MAX_DOCUMENT_BYTES),
    );
    const fields = Object.keys(document).length;
    if (fields !== 2) throw new Problem('VERIFY_POINTER', `${fields} fields`);
    const edition = countField(document, 'edition', 1);
    const timestamp = countField(document, 'timestamp', 1);
    const expires = expiries.get(`${edition}-${timestamp}`);
    if (!editions.has(edition)) throw new Problem('VERIFY_POINTER', `edition ${edition}`);
    if (expires === undefined)
      throw new Problem('VERIFY_POINTER', `timestamp ${edition}-${timestamp}`);
    const newest = Math.max(...editions.keys());
    if (edition !== newest)
      findings.add('VERIFY_POINTER_BEHIND', subject, `edition ${edition}, the newest is ${newest}`);
    const later = expiries.has(`${edition}-${timestamp + 1}`);
    if (later)
      findings.add(
        'VERIFY_POINTER_BEHIND',
        subject,
        `timestamp ${timestamp}, there is a later one`,
      );
    return { edition, expires };
  } catch (error) {
    if (error instanceof Problem && error.code === 'VERIFY_DOCUMENT')
      findings.add('VERIFY_POINTER', subject, error.seen);
    else tell(findings, subject, error);
    return { edition: undefined, expires: undefined };
  }
}

/** The expiry of each timestamp that holds, by `edition-sequence`. */
function checkTimestamps(
  tree: Tree,
  editions: ReadonlyMap<number, CheckedEdition>,
  heads: LogHeads,
  findings: FindingSink,
): ReadonlyMap<string, string> {
  const directory = path.join(tree.editions, 'timestamps');
  const expiries = new Map<string, string>();
  const entries = listDirectory(directory);
  const names = new Set(entries.map(({ name }) => name));
  for (const { name } of entries) {
    const subject = `editions/timestamps/${name}`;
    const match = TIMESTAMP.exec(name);
    if (!match || editionFolder(Number(match[1])) !== match[1]) {
      findings.add('VERIFY_FILE_UNLISTED', subject, 'not the name of a timestamp');
    } else if (match[3] !== undefined) {
      if (!names.has(name.slice(0, -'.minisig'.length)))
        findings.add('VERIFY_TIMESTAMP', subject, 'a signature of no timestamp');
    } else {
      const [number, sequence] = [Number(match[1]), Number(match[2])];
      try {
        expiries.set(
          `${number}-${sequence}`,
          checkTimestamp(directory, name, { number, sequence, editions, heads }),
        );
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.code === 'VERIFY_LOG') findings.add('VERIFY_LOG', subject, error.seen);
        else findings.add('VERIFY_TIMESTAMP', subject, `${error.code} ${error.seen}`);
      }
    }
  }
  return expiries;
}

function checkTimestamp(
  directory: string,
  name: string,
  {
    number,
    sequence,
    editions,
    heads,
  }: {
    number: number;
    sequence: number;
    editions: ReadonlyMap<number, CheckedEdition>;
    heads: LogHeads;
  },
): string {
  const edition = editions.get(number);
  if (!edition) throw new Problem('VERIFY_TIMESTAMP', `no edition ${number} that holds`);
  const bytes = readWhole(path.join(directory, name), MAX_DOCUMENT_BYTES);
  const signature = readWhole(path.join(directory, `${name}.minisig`), MAX_SIGNATURE_BYTES);
  const comment = `fonoteca-timestamp/1 number ${number}-${sequence}`;
  checkSignature(edition.keys.timestamp, bytes, signature, comment);
  const document = parseDocument(bytes);
  textField(document, 'format', /^fonoteca-timestamp\/1$/);
  requireFields(document, TIMESTAMP_FIELDS);
  const fits =
    countField(document, 'edition', 1) === number &&
    countField(document, 'sequence', 1) === sequence &&
    textField(document, 'sha256', SHA256) === edition.sha256;
  if (!fits) throw new Problem('VERIFY_TIMESTAMP', 'of another edition');
  const head = heads.get(number);
  const { size, root } = readLogHead(objectField(document, 'log'));
  if (head && (size !== head.size || root !== head.root))
    throw new Problem('VERIFY_LOG', `log ${size}:${root}, editions give ${head.size}`);
  return readTerm(document).expires;
}

/**
 * From when to when a timestamp holds. Throws a `Problem` when that is longer than publishers say: the longer it is, the
 * longer whoever stole one signature could keep followers from what came later.
 */
export function readTerm(timestamp: Fields): { readonly date: string; readonly expires: string } {
  const [date, expires] = ['date', 'expires'].map((key) => textField(timestamp, key, INSTANT));
  const termMs = instantMs(expires!) - instantMs(date!);
  if (termMs >= 0 && termMs <= MAX_TERM_MS) return { date: date!, expires: expires! };
  throw new Problem('VERIFY_TIMESTAMP', `from ${date} to ${expires}, not 30 days`);
}

/** The milliseconds of an instant; NaN for a day or hour that the calendar does not have, which JavaScript would carry over. */
function instantMs(text: string): number {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text.replace('Z', '.000Z') ? NaN : ms;
}
