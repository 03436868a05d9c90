/**
 * What an edition adds to the log, as docs/formats/log.md lays it down: keys, tombstones, changed rights, and that it was
 * published. Each entry is canonical JSON without newline.
 */
import crypto from 'node:crypto';
import { canonical, type Fields, parseDocument, SHA256, textField } from './documents.ts';
import type { CheckedEdition } from './edition-check.ts';
import { readLines } from './edition-lines.ts';
import { editionPath } from './edition-shape.ts';
import { locate, type Tree } from './files.ts';
import type { Tombstone } from './tombstone-check.ts';

/** An edition with its tombstones, as the log is made from. */
export interface LoggedEdition {
  readonly edition: CheckedEdition;
  readonly tombstones: readonly Tombstone[] | undefined;
}

/** The entries of an edition but the last. Throws a `Problem` when its rights cannot be read. */
export function* changeEntries(
  tree: Tree,
  before: LoggedEdition | undefined,
  { edition, tombstones = [] }: LoggedEdition,
): Generator<Buffer> {
  const { number } = edition;
  const keys = sha256Of(edition, 'keys.json');
  if (!before || sha256Of(before.edition, 'keys.json') !== keys)
    yield entry({ edition: number, kind: 'keys', sha256: keys });
  for (const { digest, kind, number: count, sha256 } of tombstones.slice(
    before?.tombstones?.length ?? 0,
  ))
    yield entry({ digest, edition: number, kind, number: count, sha256 });
  if (!before || sha256Of(before.edition, 'rights.jsonl') === sha256Of(edition, 'rights.jsonl'))
    return;
  const [older, newer] = [rightsOf(tree, before.edition), rightsOf(tree, edition)];
  let next = newer.next();
  for (const was of older) {
    while (!next.done && next.value.digest < was.digest) next = newer.next();
    const same = !next.done && next.value.digest === was.digest ? next.value.sha256 : null;
    if (same !== was.sha256)
      yield entry({
        after: same,
        before: was.sha256,
        digest: was.digest,
        edition: number,
        kind: 'rights',
      });
  }
}

/** The last entry of an edition. */
export function publishedEntry({ date, number, sha256 }: CheckedEdition): Buffer {
  return entry({ date, edition: number, kind: 'published', sha256 });
}

function sha256Of(edition: CheckedEdition, name: string): string {
  return edition.files.get(editionPath(edition.number, name))?.sha256 ?? '';
}

/** The lines of `rights.jsonl` by digest, in order. */
function* rightsOf(
  tree: Tree,
  edition: CheckedEdition,
): Generator<{ digest: string; sha256: string }> {
  for (const line of readLines(locate(tree, editionPath(edition.number, 'rights.jsonl'))!))
    yield {
      digest: textField(parseDocument(line), 'digest', SHA256),
      sha256: crypto.hash('sha256', line, 'hex'),
    };
}

function entry(fields: Fields): Buffer {
  return Buffer.from(canonical(fields));
}
