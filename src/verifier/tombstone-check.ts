/**
 * The tombstones of an edition: each line names the one before it, and an edition keeps every line of the edition before.
 */
import crypto from 'node:crypto';
import type { FindingSink } from './codes.ts';
import { countField, type Fields, requireFields, SHA256, textField } from './documents.ts';
import type { CheckedEdition } from './edition-check.ts';
import { forEachLine } from './edition-lines.ts';
import { editionPath } from './edition-shape.ts';
import { Problem, type Tree } from './files.ts';

/** One line of `tombstones.jsonl`. */
export interface Tombstone {
  readonly number: number;
  readonly kind: 'withdrawn' | 'restored';
  readonly digest: string;
  /** SHA-256 of the line with its LF. */
  readonly sha256: string;
}

const FIELDS = ['audio', 'date', 'digest', 'kind', 'number', 'previous', 'reason', 'subject'];
const REASONS = /^(?:holder-request|right-ended|court-order|personal-data|mistaken|other)$/;

/**
 * The tombstones of `edition` in order; undefined when they do not hold. `before` are those of the edition before, which
 * must all be there unchanged.
 */
export function readTombstones(
  tree: Tree,
  edition: CheckedEdition,
  before: readonly Tombstone[],
  findings: FindingSink,
): readonly Tombstone[] | undefined {
  const list: Tombstone[] = [];
  const name = 'tombstones.jsonl';
  const subject = editionPath(edition.number, name);
  const whole = forEachLine({ tree, edition, findings }, name, (line, bytes) => {
    const previous = list.at(-1)?.sha256 ?? null;
    list.push(readTombstone(line, bytes, list.length + 1, previous));
  });
  if (!whole) return undefined;
  const { count, head } = edition.tombstones;
  const last = list.at(-1)?.sha256 ?? null;
  if (list.length !== count || last !== head)
    findings.add('VERIFY_TOMBSTONES', subject, `${list.length} lines, the last ${last}`);
  const lost = before.find(({ sha256 }, at) => list[at]?.sha256 !== sha256);
  if (lost) findings.add('VERIFY_TOMBSTONES', subject, `another line ${lost.number} than before`);
  return list;
}

/** The digests that are withdrawn behind the last of `list`. */
export function withdrawnDigests(list: readonly Tombstone[]): ReadonlySet<string> {
  const digests = new Set<string>();
  for (const { kind, digest } of list)
    if (kind === 'withdrawn') digests.add(digest);
    else digests.delete(digest);
  return digests;
}

function readTombstone(
  line: Fields,
  bytes: Buffer,
  number: number,
  previous: string | null,
): Tombstone {
  requireFields(line, FIELDS);
  const kind = textField(line, 'kind', /^(?:withdrawn|restored)$/) as Tombstone['kind'];
  const digest = textField(line, 'digest', SHA256);
  if (line.audio !== null) textField(line, 'audio', SHA256);
  if (line.subject !== null) textField(line, 'subject');
  if (line.previous !== null) textField(line, 'previous', SHA256);
  textField(line, 'date', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  if (kind !== 'restored' || line.reason !== 'right-granted') textField(line, 'reason', REASONS);
  if (countField(line, 'number', 1) !== number)
    throw new Problem('VERIFY_TOMBSTONES', `number ${line.number} in line ${number}`);
  if (line.previous !== previous)
    throw new Problem('VERIFY_TOMBSTONES', `line ${number} follows another line`);
  return { number, kind, digest, sha256: crypto.hash('sha256', bytes, 'hex') };
}
