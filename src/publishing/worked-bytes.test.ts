import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { unwatched } from '../base/progress.ts';
import { signMinisign } from '../formats/minisign.ts';
import { TRUSTED_COMMENTS } from '../model/edition.ts';
import { VERIFY_CODES } from '../verifier/codes.ts';
import { planEdition } from './plan-edition.ts';
import { publishEdition } from './publish-edition.ts';
import { TEST_KEY, testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-worked-'));
after(() => fs.rmSync(folder, { recursive: true }));
const document = (name: string) =>
  fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/formats', name), 'utf8');

test('the worked bytes of the specification are those that publishing writes', async () => {
  const archive = await testArchive(folder);
  await archive.pack(testSongs(1, 1, 1000));
  const { sha256 } = await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await archive.close();
  const specified: [string, string[]][] = [
    [
      'edition.md',
      [
        '0001/edition.json',
        '0001/edition.json.minisig',
        '0001/rights.jsonl',
        'timestamps/0001-1.json',
        'current.json',
      ],
    ],
    ['keys.md', ['0001/keys.json', '0001/keys.json.minisig']],
  ];
  for (const [name, files] of specified)
    for (const file of files)
      assert.ok(
        document(name).includes(fs.readFileSync(path.join(folder, 'editions', file), 'utf8')),
        file,
      );
  assert.ok(document('edition.md').includes(sha256));
  const keys = fs.readFileSync(path.join(folder, 'editions/0001/keys.json'));
  const next = signMinisign(TEST_KEY, keys, TRUSTED_COMMENTS.keys(2, sha256));
  assert.ok(document('keys.md').includes(next), 'keys.json of edition 2');
});

test('the specification of the verifier tells of every code', () => {
  for (const code of Object.keys(VERIFY_CODES))
    assert.ok(document('verifier.md').includes(`\`${code}\``), code);
});
