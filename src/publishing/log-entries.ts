/**
 * What an edition adds to the log: a pure function of it and of the edition before, one canonical JSON object an entry.
 *
 * Input: digests and lines of two editions. Output: entries in order. Spec: docs/formats/log.md.
 */
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { type Digest, sha256 } from '../base/digest.ts';

/** A document of one line an item. */
export interface LoggedLines {
  readonly sha256: Digest;
  /** Each with its LF. */
  lines(): Iterable<string>;
}

/** What the log looks at in an edition. */
export interface LoggedEdition {
  readonly number: number;
  /** SHA-256 of keys.json. */
  readonly keys: Digest;
  readonly tombstones: LoggedLines;
  /** Sorted by digest. */
  readonly rights: LoggedLines;
}

/** The entries of `edition` but the last: keys, tombstones, rights. `before` is undefined for edition 1. */
export function* changeEntries(
  before: LoggedEdition | undefined,
  edition: LoggedEdition,
): Generator<Uint8Array> {
  const { number } = edition;
  if (edition.keys !== before?.keys)
    yield entry({ edition: number, kind: 'keys', sha256: edition.keys });
  yield* tombstoneEntries(before, edition);
  if (before && before.rights.sha256 !== edition.rights.sha256)
    for (const change of rightsChanges(before.rights.lines(), edition.rights.lines()))
      yield entry({ ...change, edition: number, kind: 'rights' });
}

/** The last entry of an edition: that it was published. */
export function publishedEntry(edition: {
  readonly number: number;
  readonly date: string;
  /** SHA-256 of edition.json. */
  readonly sha256: Digest;
}): Uint8Array {
  const { number, date, sha256: digest } = edition;
  return entry({ date, edition: number, kind: 'published', sha256: digest });
}

function* tombstoneEntries(
  before: LoggedEdition | undefined,
  { number, tombstones }: LoggedEdition,
): Generator<Uint8Array> {
  if (before?.tombstones.sha256 === tombstones.sha256) return;
  let known = 0;
  for (const _ of before?.tombstones.lines() ?? []) known += 1;
  for (const line of tombstones.lines()) {
    known -= 1;
    if (known >= 0) continue;
    const { digest, kind, number: count } = JSON.parse(line);
    yield entry({ digest, edition: number, kind, number: count, sha256: sha256(line) });
  }
}

interface RightsChange {
  readonly digest: string;
  readonly before: Digest;
  readonly after: Digest | null;
}

/** Two sorted lists side by side: what the first has and the second has not, or has otherwise. */
function* rightsChanges(
  before: Iterable<string>,
  after: Iterable<string>,
): Generator<RightsChange> {
  const newer = after[Symbol.iterator]();
  let next = newer.next();
  for (const line of before) {
    if (!next.done && next.value === line) {
      next = newer.next();
      continue;
    }
    const digest = digestOf(line);
    while (!next.done && digestOf(next.value) < digest) next = newer.next();
    const other = !next.done && digestOf(next.value) === digest ? next.value : undefined;
    if (other !== line)
      yield { digest, before: sha256(line), after: other === undefined ? null : sha256(other) };
    if (other !== undefined) next = newer.next();
  }
}

function digestOf(line: string): string {
  return JSON.parse(line).digest;
}

function entry(value: Json): Uint8Array {
  return Buffer.from(canonicalJson(value));
}
