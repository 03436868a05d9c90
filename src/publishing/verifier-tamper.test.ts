import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { unwatched } from '../base/progress.ts';
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { publicKeyBase64 } from '../formats/minisign.ts';
import type { VerifyCode } from '../verifier/codes.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import { publishEdition } from './publish-edition.ts';
import { publishTo } from './publish-to.ts';
import { TEST_KEY, testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-tamper-'));
after(() => fs.rmSync(folder, { recursive: true }));
const publicKey = publicKeyBase64(TEST_KEY.publicKey);
const ROUNDS = 240;
const SEED = 20260102;

/** A published copy of two editions and three volumes. */
async function publishedCopy(): Promise<string> {
  const archive = await testArchive(path.join(folder, 'archive'));
  const copy = path.join(folder, 'copy');
  await archive.pack(testSongs(2, 1, 3000));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await archive.pack(testSongs(2, 20, 3000));
  await archive.pack(testSongs(1, 40, 3000).map((song) => ({ ...song, tier: 'opus' as const })));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await publishTo(copy, archive.deps, unwatched);
  await archive.close();
  return copy;
}

/** The published files; the page beside them is a convenience that nothing signs. */
function publishedFiles(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'index.html')
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

interface Tampering {
  readonly what: string;
  /** At least one of these must be found. */
  readonly wanted: readonly VerifyCode[];
  apply(): void;
}

function draw(root: string, files: readonly string[], random: SeededRandom): Tampering {
  const name = random.pick(files);
  const file = path.join(root, name);
  const bytes = fs.readFileSync(file);
  const other = random.pick(files.filter((each) => each !== name));
  const kind = random.below(bytes.length === 0 ? 3 : 6);
  const at = random.below(Math.max(1, bytes.length));
  const codes = codesFor(name);
  if (kind === 0) {
    return {
      what: `remove ${name}`,
      wanted: [...codes, 'VERIFY_FILE_MISSING'],
      apply: () => fs.rmSync(file),
    };
  }
  if (kind === 1) {
    const added = path.join(path.dirname(name), `extra-${random.below(1000)}.jsonl`);
    return {
      what: `add ${added}`,
      wanted: ['VERIFY_FILE_UNLISTED'],
      apply: () => fs.writeFileSync(path.join(root, added), bytes),
    };
  }
  if (kind === 2) {
    const theirs = fs.readFileSync(path.join(root, other));
    const apply = () => {
      fs.writeFileSync(file, theirs.equals(bytes) ? Buffer.from('{}\n') : theirs);
      fs.writeFileSync(path.join(root, other), bytes);
    };
    return { what: `swap ${name} and ${other}`, wanted: [...codes, ...codesFor(other)], apply };
  }
  const edited = Buffer.from(bytes);
  if (kind === 3) edited[at] = edited[at]! ^ (1 << random.below(8));
  const cut = kind === 4 ? edited.subarray(0, at) : edited;
  const grown = kind === 5 ? Buffer.concat([cut, random.bytes(1 + random.below(40))]) : cut;
  const what = ['flip a bit at', 'cut at', 'append behind'][kind - 3];
  return {
    what: `${what} ${at} of ${name}`,
    wanted: codes,
    apply: () => fs.writeFileSync(file, grown),
  };
}

/** The kinds of code that fit damage of the file `name`. */
function codesFor(name: string): VerifyCode[] {
  const damage: VerifyCode[] = ['VERIFY_FILE_DIGEST', 'VERIFY_FILE_SIZE'];
  const signature: VerifyCode[] = [
    'VERIFY_SIGNATURE_FORM',
    'VERIFY_SIGNATURE_WRONG',
    'VERIFY_KEY_UNKNOWN',
    'VERIFY_FILE_SIZE',
  ];
  if (name.startsWith('editions/log/')) return ['VERIFY_LOG', 'VERIFY_FILE_SIZE'];
  if (name === 'editions/current.json')
    return ['VERIFY_POINTER', 'VERIFY_POINTER_BEHIND', 'VERIFY_FILE_SIZE'];
  if (name.startsWith('editions/timestamps/')) return ['VERIFY_TIMESTAMP', 'VERIFY_POINTER'];
  if (/\/edition\.json(?:\.minisig)?$/.test(name)) return [...signature, 'VERIFY_DOCUMENT'];
  if (/\/keys\.json(?:\.minisig)?$/.test(name)) return [...signature, ...damage, 'VERIFY_DOCUMENT'];
  return damage;
}

test(`${ROUNDS} random tamperings of a published copy are found, each by a fitting code (seed ${SEED})`, async () => {
  const copy = await publishedCopy();
  const files = publishedFiles(copy);
  assert.ok(files.length > 35, `${files.length} files`);
  assert.deepEqual((await verifyArchive(copy, { publicKey })).findings, []);
  const random = seededRandom(SEED);
  const touched = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const tampered = path.join(folder, `round-${round}`);
    fs.cpSync(copy, tampered, { recursive: true });
    const tampering = draw(tampered, files, random);
    tampering.apply();
    const { findings, intact, exit } = await verifyArchive(tampered, { publicKey });
    const told = `round ${round}: ${tampering.what}: ${findings.map(({ code }) => code).join(' ')}`;
    assert.deepEqual([intact, exit], [false, 12], told);
    assert.ok(
      findings.some(({ code }) => tampering.wanted.includes(code)),
      told,
    );
    touched.add(tampering.what.split(' ')[0]!);
    fs.rmSync(tampered, { recursive: true });
  }
  assert.equal(touched.size, 6);
});
