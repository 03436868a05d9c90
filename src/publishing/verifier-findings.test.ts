import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stampLie, TERMS } from '../../test/support/follow-history.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../base/error-catalogue.ts';
import { catalogueEntry } from '../base/errors.ts';
import { unwatched } from '../base/progress.ts';
import { publicKeyBase64 } from '../formats/minisign.ts';
import { VERIFY_CODES, type VerifyCode } from '../verifier/codes.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import { publishEdition } from './publish-edition.ts';
import { publishTo } from './publish-to.ts';
import { TEST_KEY, testArchive, testKey, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-findings-'));
after(() => fs.rmSync(folder, { recursive: true }));
const publicKey = publicKeyBase64(TEST_KEY.publicKey);
const copy = path.join(folder, 'copy');
let volume = '';

before(async () => {
  const archive = await testArchive(path.join(folder, 'archive'));
  volume = (await archive.pack(testSongs(14))).name;
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await publishTo(copy, archive.deps, unwatched);
  await archive.close();
});

let made = 0;
function freshCopy(): string {
  const root = path.join(folder, `fresh-${++made}`);
  fs.cpSync(copy, root, { recursive: true });
  return root;
}

async function codesOf(root: string, key: string | undefined = publicKey): Promise<VerifyCode[]> {
  const { findings } = await verifyArchive(root, { publicKey: key });
  return [...new Set(findings.map(({ code }) => code))].sort();
}

describe('the verifier', () => {
  test('and the error catalogue agree on every code of the verifier', () => {
    const theirs = Object.keys(ERROR_CATALOGUE).filter((code) => code.startsWith('VERIFY_'));
    assert.deepEqual(theirs.sort(), Object.keys(VERIFY_CODES).sort());
    for (const [code, wanted] of Object.entries(VERIFY_CODES)) {
      const entry = catalogueEntry(code as ErrorCode);
      assert.deepEqual([code, entry.wanted, entry.exit], [code, wanted, 12]);
    }
  });

  test('imports nothing but what Node brings', () => {
    const own = path.resolve(import.meta.dirname, '../verifier');
    const sources = fs
      .readdirSync(own)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    assert.ok(sources.length > 5);
    for (const name of sources) {
      const text = fs.readFileSync(path.join(own, name), 'utf8');
      for (const [, from] of text.matchAll(/from '([^']+)'/g))
        assert.match(from!, /^(?:node:[a-z_/]+|\.\/[a-z-]+\.ts)$/, name);
    }
  });

  test('tells a stranger’s key from the archive’s, and says whose word it rests on', async () => {
    const stranger = publicKeyBase64(testKey(9).publicKey);
    assert.deepEqual(await codesOf(copy, stranger), ['VERIFY_KEY_OTHER']);
    assert.equal((await verifyArchive(copy, { publicKey: stranger })).trust, 'none');
    assert.deepEqual(await codesOf(copy, 'no key at all'), ['VERIFY_KEY_OTHER']);
    assert.equal((await verifyArchive(copy)).trust, 'own-keys');
    assert.equal(
      (await verifyArchive(copy, { publicKey: `untrusted comment: x\n${publicKey}\n` })).trust,
      'given-key',
    );
  });

  test('finds nothing to verify in an empty folder', async () => {
    fs.mkdirSync(path.join(folder, 'empty'));
    assert.deepEqual(await codesOf(path.join(folder, 'empty')), ['VERIFY_NOTHING']);
  });

  test('never fails an old edition for its age: a timestamp long expired is no finding', async () => {
    const { pointer, findings } = await verifyArchive(copy);
    assert.equal(pointer?.expires, '2026-02-01T03:04:05Z');
    assert.deepEqual(findings, []);
  });

  test('believes no timestamp that would hold for longer than publishers say', async () => {
    for (const [date, expires, isBelieved] of TERMS) {
      const root = freshCopy();
      stampLie(root, { edition: 1, sequence: 1, date, expires });
      const wanted = isBelieved ? [] : ['VERIFY_POINTER', 'VERIFY_TIMESTAMP'];
      assert.deepEqual(await codesOf(root), wanted, `${date} to ${expires}`);
    }
  });

  test('names the damaged member and its 16 KiB blocks', async () => {
    const root = freshCopy();
    const file = path.join(root, 'volumes', `${volume}.tar`);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 2048] = bytes[bytes.length - 2048]! ^ 1;
    fs.writeFileSync(file, bytes);
    const { findings } = await verifyArchive(root, { publicKey });
    const seen = new Map(findings.map(({ code, subject, seen }) => [code, `${subject} ${seen}`]));
    assert.match(seen.get('VERIFY_MEMBER') ?? '', /#Ana\/Canción 9 \[/);
    const block = Math.floor((bytes.length - 2048) / 16384);
    assert.match(seen.get('VERIFY_LEAVES') ?? '', new RegExp(`: ${block}$`));
    assert.match(seen.get('VERIFY_PIECES') ?? '', /another piece layer|piece 1 of 2/);
    assert.ok(seen.has('VERIFY_FILE_DIGEST'));
  });

  test('reads only a share when asked to, and finds rot in the whole of it', async () => {
    const root = freshCopy();
    const whole = await verifyArchive(root, { sample: { share: 1, seed: 1 } });
    assert.deepEqual([whole.findings.length, whole.checkedBytes > 300_000], [0, true]);
    const least = await verifyArchive(root, { sample: { share: 0, seed: 1 } });
    assert.ok(least.checkedBytes > 0, 'however small the share, each volume is looked into');
    const file = path.join(root, 'volumes', `${volume}.tar`);
    const bytes = fs.readFileSync(file);
    bytes[20_000] = bytes[20_000]! ^ 1;
    fs.writeFileSync(file, bytes);
    const { findings } = await verifyArchive(root, { sample: { share: 1, seed: 1 } });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['VERIFY_LEAVES'],
    );
  });

  test('stops when asked to', async () => {
    await assert.rejects(
      verifyArchive(copy, { stop: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    );
  });

  test('finds an edition that stands in the place of another', async () => {
    const root = freshCopy();
    fs.cpSync(path.join(root, 'editions/0001'), path.join(root, 'editions/0002'), {
      recursive: true,
    });
    assert.ok((await codesOf(root)).includes('VERIFY_SIGNATURE_FORM'));
    fs.rmSync(path.join(root, 'editions/0001'), { recursive: true });
    assert.ok((await codesOf(root)).includes('VERIFY_EDITION_MISSING'));
  });

  test('takes no link and no folder for a file', async () => {
    const root = freshCopy();
    const file = path.join(root, 'editions/0001/magnets.txt');
    fs.rmSync(file);
    fs.symlinkSync('catalogue.jsonl', file);
    assert.deepEqual(await codesOf(root), ['VERIFY_FILE_KIND']);
    fs.rmSync(file);
    fs.mkdirSync(file);
    assert.deepEqual(await codesOf(root), ['VERIFY_FILE_KIND']);
  });
});
