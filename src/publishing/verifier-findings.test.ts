import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../base/error-catalogue.ts';
import { catalogueEntry } from '../base/errors.ts';
import { unwatched } from '../base/progress.ts';
import { publicKeyBase64, signMinisign } from '../formats/minisign.ts';
import { documentText, type Edition, editionSchema, TRUSTED_COMMENTS } from '../model/edition.ts';
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

/** Changes files of an edition and signs it again, as a publisher does who means to deceive or has a fault. */
function publishAgain(
  root: string,
  changes: Readonly<Record<string, (text: string) => string>>,
  change: (edition: Edition) => Edition = (edition) => edition,
): void {
  const at = (name: string) => path.join(root, 'editions/0001', name);
  const edition = editionSchema.parse(JSON.parse(fs.readFileSync(at('edition.json'), 'utf8')));
  const updated = new Map<string, { sizeBytes: number; sha256: ReturnType<typeof sha256> }>();
  for (const [name, edit] of Object.entries(changes)) {
    const text = edit(fs.readFileSync(at(name), 'utf8'));
    fs.writeFileSync(at(name), text);
    updated.set(`editions/0001/${name}`, {
      sizeBytes: Buffer.byteLength(text),
      sha256: sha256(text),
    });
  }
  const refer = <T extends { path: string }>(file: T): T => ({
    ...file,
    ...updated.get(file.path),
  });
  const sums = <T extends { path: string; sha256: ReturnType<typeof sha256> }>(file: T): T => ({
    ...file,
    sha256: updated.get(file.path)?.sha256 ?? file.sha256,
  });
  const json = documentText(
    change({
      ...edition,
      files: edition.files.map(refer),
      rights: sums(edition.rights),
      catalogue: sums(edition.catalogue),
      tombstones: sums(edition.tombstones),
    }),
  );
  fs.writeFileSync(at('edition.json'), json);
  fs.writeFileSync(
    at('edition.json.minisig'),
    signMinisign(TEST_KEY, json, TRUSTED_COMMENTS.edition(1)),
  );
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
        assert.match(from!, /^(?:node:[a-z/]+|\.\/[a-z-]+\.ts)$/, name);
    }
  });

  test('tells a stranger’s key from the archive’s, and says whose word it rests on', async () => {
    const stranger = publicKeyBase64(testKey(9).publicKey);
    assert.deepEqual(await codesOf(copy, stranger), ['VERIFY_KEY_OTHER']);
    assert.equal((await verifyArchive(copy, { publicKey: stranger })).trust, 'none');
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
    assert.equal((await verifyArchive(root, { sample: { share: 0, seed: 1 } })).checkedBytes, 0);
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
});

describe('an edition that its own publisher signed is found wrong', () => {
  const firstLine = (text: string, edit: (line: string) => string) =>
    text.replace(/^.*\n/, (line) => edit(line));
  const rows: [string, VerifyCode[], (root: string) => void][] = [
    [
      'when a member has no rights',
      ['VERIFY_RIGHTS_MISSING'],
      (root) => publishAgain(root, { 'rights.jsonl': (text) => firstLine(text, () => '') }),
    ],
    [
      'when a member may not be distributed',
      ['VERIFY_NOT_DISTRIBUTABLE'],
      (root) =>
        publishAgain(root, {
          'rights.jsonl': (text) => text.replace('"distributable":true', '"distributable":false'),
        }),
    ],
    [
      'when the catalogue names a file that is not there',
      ['VERIFY_CATALOGUE'],
      (root) =>
        publishAgain(root, {
          'catalogue.jsonl': (text) => text.replace('"path":"Ana/', '"path":"Eva/'),
        }),
    ],
    [
      'when torrents.json names another infohash',
      ['VERIFY_DOCUMENT'],
      (root) =>
        publishAgain(root, {
          'torrents.json': (text) =>
            text.replace(/"infohashV1":"[0-9a-f]{40}"/, `"infohashV1":"${'0'.repeat(40)}"`),
        }),
    ],
    [
      'when edition.json names another infohash',
      ['VERIFY_DOCUMENT', 'VERIFY_INFOHASH'],
      (root) =>
        publishAgain(root, {}, (edition) => ({
          ...edition,
          volumes: edition.volumes.map((each) => ({ ...each, infohashV1: '0'.repeat(40) })),
        })),
    ],
    [
      'when it counts other members',
      ['VERIFY_INDEX'],
      (root) =>
        publishAgain(root, {}, (edition) => ({
          ...edition,
          volumes: edition.volumes.map((each) => ({ ...each, members: 3 })),
        })),
    ],
    [
      'when it lists a file outside the tree',
      ['VERIFY_DOCUMENT'],
      (root) =>
        publishAgain(root, {}, (edition) => ({
          ...edition,
          files: [{ path: '../etc/passwd', sizeBytes: 1, sha256: sha256('') }, ...edition.files],
        })),
    ],
    [
      'when it withdraws a member that is still there',
      ['VERIFY_MEMBER'],
      (root) => {
        const rights = fs.readFileSync(path.join(root, 'editions/0001/rights.jsonl'), 'utf8');
        const { digest } = JSON.parse(rights.split('\n')[0]!);
        publishAgain(root, { 'tombstones.jsonl': () => documentText({ digest }) });
      },
    ],
  ];
  for (const [name, wanted, tamper] of rows)
    test(name, async () => {
      const root = freshCopy();
      tamper(root);
      // The timestamp still names the edition as it was.
      const codes = (await codesOf(root)).filter(
        (code) => !/TIMESTAMP|POINTER|UNLISTED/.test(code),
      );
      assert.deepEqual(codes, wanted);
    });

  test('when it stands in the place of another', async () => {
    const root = freshCopy();
    fs.cpSync(path.join(root, 'editions/0001'), path.join(root, 'editions/0002'), {
      recursive: true,
    });
    assert.ok((await codesOf(root)).includes('VERIFY_SIGNATURE_FORM'));
    fs.rmSync(path.join(root, 'editions/0001'), { recursive: true });
    assert.ok((await codesOf(root)).includes('VERIFY_EDITION_MISSING'));
  });

  test('when links, folders or pipes stand for files', async () => {
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
