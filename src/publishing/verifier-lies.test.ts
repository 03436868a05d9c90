import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  namedByStranger,
  PUBLISHER_LIES,
  ROTATIONS,
  rotate,
  twoEditions,
} from '../../test/support/publisher-lies.ts';
import { publicKeyBase64 } from '../formats/minisign.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { TEST_KEY } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-lies-'));
after(() => fs.rmSync(folder, { recursive: true }));
const publicKey = publicKeyBase64(TEST_KEY.publicKey);
let copy = '';
let volume = '';

before(async () => {
  ({ copy, volume } = await twoEditions(folder));
});

describe('an edition that its own publisher signed is found wrong', () => {
  for (const [at, [name, wanted, tamper]] of PUBLISHER_LIES.entries())
    test(name, async () => {
      const root = path.join(folder, `lie-${at}`);
      fs.cpSync(copy, root, { recursive: true });
      tamper(root, volume);
      const { findings } = await verifyArchive(root, { publicKey });
      // Log and timestamp still tell of the edition as it was, and files of a refused edition belong to none.
      const codes = new Set(
        findings
          .filter(({ subject }) => !subject.startsWith('editions/log/'))
          .map(({ code }) => code)
          .filter((code) => !/TIMESTAMP|POINTER|UNLISTED/.test(code))
          .filter((code) => code !== 'VERIFY_LOG' || wanted.includes(code)),
      );
      assert.deepEqual([...codes].sort(), wanted);
    });
});

test('a new key is trusted when the old one signed for it, and not by its own word', async () => {
  for (const [at, [wanted, keys]] of ROTATIONS.entries()) {
    const root = path.join(folder, `keys-${at}`);
    fs.cpSync(copy, root, { recursive: true });
    rotate(root, keys);
    const { findings, trust } = await verifyArchive(root, { publicKey });
    const codes = findings
      .filter(({ subject }) => !subject.startsWith('editions/log/'))
      .map(({ code }) => code)
      .filter((code) => !/TIMESTAMP|POINTER|UNLISTED|_LOG/.test(code));
    assert.deepEqual([codes, trust], [wanted, 'given-key'], `row ${at}`);
  }
});

test('a key that keys.json names and that signed nothing is not trusted', async () => {
  const root = await namedByStranger(folder);
  const { findings, trust } = await verifyArchive(root, { publicKey });
  assert.deepEqual([findings.map(({ code }) => code), trust], [['VERIFY_KEY_OTHER'], 'none']);
});
