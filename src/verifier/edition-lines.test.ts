import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { startFindings } from './codes.ts';
import type { CheckedEdition } from './edition-check.ts';
import { forEachLine } from './edition-lines.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-lines-'));
after(() => fs.rmSync(folder, { recursive: true }));
const listed = { path: 'editions/0001/a.jsonl', sizeBytes: 0, sha256: '' };
const none = new Map<string, Buffer>();
const edition: CheckedEdition = {
  signers: new Set(),
  ...{ number: 1, previous: null, archiveId: '', volumes: [], sha256: '', date: '', stage: 'all' },
  ...{ metadata: [], log: { size: 0, root: '' }, tombstones: { count: 0, head: null } },
  counts: { tracks: 0, albums: 0, rights: 0 },
  files: new Map([[listed.path, listed]]),
  keys: { edition: none, timestamp: none, ids: [], threshold: 1 },
  damaged: new Set(),
};
fs.mkdirSync(path.join(folder, '0001'));

function read(text: string, name = 'a.jsonl', of: CheckedEdition = edition) {
  fs.writeFileSync(path.join(folder, '0001', 'a.jsonl'), text);
  const findings = startFindings();
  const lengths: number[] = [];
  const tree = { editions: folder, volumes: '' };
  const whole = forEachLine({ tree, edition: of, findings }, name, (line) =>
    lengths.push(String(line.a).length),
  );
  return { whole, lengths, seen: findings.kept.map(({ code, seen }) => `${code} ${seen}`) };
}

test('lines of any length are read, also across the parts that a file is read in', () => {
  const lengths = [0, 5, 1_048_560, 3, 2_500_000, 1_048_576, 1];
  const text = lengths.map((length) => `{"a":"${'x'.repeat(length)}"}\n`).join('');
  assert.deepEqual(read(text), { whole: true, lengths, seen: [] });
  assert.deepEqual(read(''), { whole: true, lengths: [], seen: [] });
});

test('a wrong line is told by number, and what was told before is not told again', () => {
  assert.deepEqual(read('{"a":1}\n{"a": 2}\n').seen, [
    'VERIFY_DOCUMENT not in canonical form, line 2',
  ]);
  assert.deepEqual(read('{"a":1}').seen, ['VERIFY_DOCUMENT no newline at the end, line 1']);
  assert.deepEqual(read('{}\n', 'b.jsonl').seen, ['VERIFY_DOCUMENT lists no b.jsonl']);
  const damaged = { ...edition, damaged: new Set([listed.path]) };
  assert.deepEqual(read('x', 'a.jsonl', damaged), { whole: false, lengths: [], seen: [] });
});
