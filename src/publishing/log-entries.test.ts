import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { type Tombstone, tombstoneLines } from '../model/tombstone.ts';
import { changeEntries, type LoggedEdition, type LoggedLines } from './log-entries.ts';
import { linesOfText } from './log-history.ts';

const linesOf = (lines: readonly string[]): LoggedLines => {
  const text = lines.join('');
  return linesOfText(sha256(text), text);
};
const right = (digest: string, holder: string) =>
  `${canonicalJson({ attribution: '"digest":"0"', digest, holder })}\n`;

function editionOf(
  number: number,
  parts: { rights?: string[]; tombstones?: string[]; keys?: string },
) {
  const { rights = [], tombstones = [], keys = 'keys' } = parts;
  return {
    number,
    keys: sha256(keys),
    rights: linesOf(rights),
    tombstones: linesOf(tombstones),
  } satisfies LoggedEdition;
}

const entriesOf = (before: LoggedEdition | undefined, edition: LoggedEdition) =>
  [...changeEntries(before, edition)].map((entry) => JSON.parse(Buffer.from(entry).toString()));

test('the first edition logs its keys and no rights; an edition alike logs nothing', () => {
  const first = editionOf(1, { rights: [right(sha256('a'), 'Ana')] });
  assert.deepEqual(entriesOf(undefined, first), [
    { edition: 1, kind: 'keys', sha256: sha256('keys') },
  ]);
  assert.deepEqual(entriesOf(first, { ...first, number: 2 }), []);
  assert.deepEqual(
    entriesOf(first, editionOf(2, { rights: [right(sha256('a'), 'Ana')], keys: 'x' })),
    [{ edition: 2, kind: 'keys', sha256: sha256('x') }],
  );
});

test('each line that the tombstones got is logged, in order, and none that was there', () => {
  const tombstone = (number: number, kind: Tombstone['kind']): Tombstone => ({
    audio: null,
    date: '2026-01-01T00:00:00Z',
    digest: sha256('a'),
    kind,
    number,
    reason: 'mistaken',
    subject: null,
  });
  const lines = tombstoneLines([
    tombstone(1, 'withdrawn'),
    tombstone(2, 'restored'),
    tombstone(3, 'withdrawn'),
  ]);
  const logged = (number: number, kind: string) => ({
    digest: sha256('a'),
    edition: 2,
    kind,
    number,
    sha256: sha256(lines[number - 1]!),
  });
  const before = editionOf(1, { tombstones: lines.slice(0, 1) });
  assert.deepEqual(entriesOf(before, editionOf(2, { tombstones: lines })), [
    logged(2, 'restored'),
    logged(3, 'withdrawn'),
  ]);
  assert.deepEqual(entriesOf(editionOf(1, {}), editionOf(2, { tombstones: lines })), [
    logged(1, 'withdrawn'),
    logged(2, 'restored'),
    logged(3, 'withdrawn'),
  ]);
});

test('rights that changed or went are logged by digest, whatever stands around them', () => {
  const random = seededRandom(5);
  const digests = Array.from({ length: 40 }, (_, at) => sha256(`${at}`)).sort((a, b) =>
    a < b ? -1 : 1,
  );
  const pick = () =>
    new Map(
      digests
        .filter(() => random.below(3) > 0)
        .map((digest) => [digest, right(digest, random.pick(['Ana', 'Berta', 'Carla']))]),
    );
  for (let round = 0; round < 200; round += 1) {
    const [older, newer] = [pick(), pick()];
    const wanted = [...older].flatMap(([digest, line]) => {
      const after = newer.get(digest as Digest);
      if (after === line) return [];
      const digestAfter = after === undefined ? null : sha256(after);
      return [{ after: digestAfter, before: sha256(line), digest, edition: 2, kind: 'rights' }];
    });
    const before = editionOf(1, { rights: [...older.values()] });
    const edition = editionOf(2, { rights: [...newer.values()] });
    assert.deepEqual(entriesOf(before, edition), wanted, `round ${round}`);
  }
});
