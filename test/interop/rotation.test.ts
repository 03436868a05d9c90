/** A key that minisign made takes over an archive: minisign and the Python verifier judge what it signs with others. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createArchive } from '../../src/archive.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { publicKeyBase64 } from '../../src/formats/minisign.ts';
import { formatSecretKey } from '../../src/formats/minisign-secret.ts';
import { TEST_KEY, testArchive, testKey, testSongs } from '../../src/publishing/test-archive.ts';
import { verifyArchive } from '../../src/verifier/verify-archive.ts';
import { judge, missingTools } from '../support/outside-tools.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-rotation-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** A key that the last keys.json names and that has signed nothing. */
const NAMED_ONLY = testKey(9);
const PYTHON_VERIFIER = path.resolve(import.meta.dirname, '../../verify/fonoteca_verify.py');

describe('rotation to a key of minisign', { skip: missingTools('minisign', 'python3') }, () => {
  const root = path.join(folder, 'archive');
  const [secret, open, second] = ['new.key', 'new.pub', 'second.key'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const fonoteca = async (...args: string[]) => {
    const { code, stdout, stderr } = await runFonoteca(args, { cwd: root });
    assert.equal(code, 0, stdout + stderr);
  };
  const pack = async (seed: number) => {
    const archive = await testArchive(root);
    await archive.pack(testSongs(1, seed, 900));
    await archive.close();
  };
  const python = (key: string) => judge('python3', [PYTHON_VERIFIER, root, '--key', key]);

  before(async () => {
    // minisign asks for no password when it is told that there is none.
    spawnSync('minisign', ['-G', '-W', '-s', secret, '-p', open], { input: '\n\n' });
    fs.writeFileSync(second, formatSecretKey(testKey(8)), { mode: 0o600 });
    await createArchive(
      root,
      { name: 'Prueba', secretKey: formatSecretKey(TEST_KEY) },
      { disk: realDisk, clock: fixedClock('2026-01-02T00:00:00Z'), random: seededRandom(1) },
    );
    await pack(1);
    await fonoteca('publish');
    await fonoteca('keys', 'rotate', '--new-key', secret);
    await fonoteca('publish');
    await fonoteca('keys', 'add', publicKeyBase64(testKey(8).publicKey));
    await fonoteca('keys', 'add', publicKeyBase64(NAMED_ONLY.publicKey));
    await fonoteca('keys', 'threshold', '2');
    await pack(2);
    await fonoteca('publish', '--with-key', second);
  });

  test('minisign takes its signatures', () => {
    for (const number of ['0002', '0003'])
      for (const name of ['edition.json', 'keys.json']) {
        const file = path.join(root, 'editions', number, name);
        const { status, said } = judge('minisign', ['-V', '-p', open, '-m', file]);
        assert.equal(status, 0, said);
      }
  });

  test('minisign takes those of the keys that signed beside it', () => {
    const folderOf = (number: string) => path.join(root, 'editions', number);
    const beside: [string, string, string][] = [
      ['0002', 'keys.json', publicKeyBase64(TEST_KEY.publicKey)],
      ['0003', 'keys.json', publicKeyBase64(testKey(8).publicKey)],
      ['0003', 'edition.json', publicKeyBase64(testKey(8).publicKey)],
    ];
    for (const [number, name, key] of beside) {
      const signature = fs
        .readdirSync(folderOf(number))
        .find((file) => file.startsWith(`${name}.`) && /\.[0-9A-F]{16}\.minisig$/.test(file))!;
      const file = path.join(folderOf(number), name);
      const options = ['-V', '-P', key, '-m', file, '-x', path.join(folderOf(number), signature)];
      const { status, said } = judge('minisign', options);
      assert.equal(status, 0, said);
    }
  });

  test('the Python verifier follows the chain from the first key and from the last', () => {
    for (const key of [
      publicKeyBase64(TEST_KEY.publicKey),
      fs.readFileSync(open, 'utf8').split('\n')[1]!,
    ]) {
      const { status, said } = python(key);
      assert.equal(status, 0, said);
    }
    const taken = path.join(root, 'editions/0003/edition.json.0808080808080808.minisig');
    const text = fs.readFileSync(taken);
    fs.unlinkSync(taken);
    const { status, said } = python(publicKeyBase64(TEST_KEY.publicKey));
    fs.writeFileSync(taken, text);
    assert.equal(status, 12, said);
    assert.match(said, /VERIFY_THRESHOLD/);
  });

  test('a key that is only named, and has signed nothing, vouches for nothing with either verifier', async () => {
    const publicKey = publicKeyBase64(NAMED_ONLY.publicKey);
    const keys = fs.readFileSync(path.join(root, 'editions/0003/keys.json'), 'utf8');
    assert.ok(keys.includes(publicKey), 'it is named');
    const { status, said } = python(publicKey);
    assert.equal(status, 12, said);
    assert.match(said, /VERIFY_KEY_OTHER/);
    const { findings } = await verifyArchive(root, { publicKey });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['VERIFY_KEY_OTHER'],
    );
  });

  test('without a key the Python verifier says whose word it takes', () => {
    const { status, said } = judge('python3', [PYTHON_VERIFIER, root]);
    assert.equal(status, 0, said);
    assert.match(said, /^all well by the tree's own keys/);
  });
});
