/** An archive published four times, as copies that a web server can show, and ways to make them lie with the right key. */
import fs from 'node:fs';
import path from 'node:path';
import { fixedClock } from '../../src/base/clock.ts';
import { type Digest, sha256 } from '../../src/base/digest.ts';
import { unwatched } from '../../src/base/progress.ts';
import {
  type MinisignSecretKey,
  publicKeyBase64,
  signMinisign,
} from '../../src/formats/minisign.ts';
import {
  documentText,
  type Edition,
  editionFilePath,
  editionFolderName,
  editionSchema,
  TRUSTED_COMMENTS,
} from '../../src/model/edition.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import {
  TEST_KEY,
  TEST_SETTINGS,
  type TestArchive,
  testArchive,
  testSongs,
} from '../../src/publishing/test-archive.ts';

/** The key that a follower was given on another channel. */
export const PUBLIC_KEY: string = publicKeyBase64(TEST_KEY.publicKey);

/** Days on which the archive publishes. */
const DAYS = {
  one: '2026-01-02T03:04:05Z',
  two: '2026-01-03T03:04:05Z',
  three: '2026-01-21T03:04:05Z',
  renewed: '2026-02-10T03:04:05Z',
  four: '2026-02-11T03:04:05Z',
} as const;
/** A moment of publication. */
export type Moment = keyof typeof DAYS;

/** Publishes at each moment into a folder of its own below `folder`. From edition 2 on something is withdrawn. */
export async function publishHistory(
  folder: string,
  settings: { mirrors?: string[] } = {},
): Promise<void> {
  const made = await testArchive(path.join(folder, 'archive'));
  const deps = made.with({ settings: { ...TEST_SETTINGS, ...settings } });
  const archive: TestArchive = { ...made, deps, with: (change) => ({ ...deps, ...change }) };
  await archive.pack(testSongs(2, 1, 3000));
  await publishAt(archive, folder, 'one');
  await archive.deps.ledger.commit([
    {
      kind: 'withdrawn',
      digest: sha256('what never was'),
      audioDigest: null,
      subject: null,
      reason: 'mistaken',
      date: DAYS.two,
    },
  ]);
  await archive.pack(testSongs(2, 20, 3000));
  await publishAt(archive, folder, 'two');
  await archive.pack(testSongs(1, 30, 3000));
  await publishAt(archive, folder, 'three');
  await publishAt(archive, folder, 'renewed');
  await archive.pack(testSongs(1, 40, 3000));
  await publishAt(archive, folder, 'four');
  await archive.close();
}

async function publishAt(archive: TestArchive, folder: string, moment: Moment): Promise<void> {
  const deps = archive.with({ clock: fixedClock(DAYS[moment]) });
  await publishEdition(await planEdition(deps), deps, unwatched);
  await publishTo(path.join(folder, moment), deps, unwatched);
}

/** Publishes another archive, which `secretKey` signs, into `foreign` below `folder`. */
export async function publishForeign(folder: string, secretKey: MinisignSecretKey): Promise<void> {
  const archive = await testArchive(path.join(folder, 'foreign-archive'), { secretKey });
  await archive.pack(testSongs(1, 80, 2000));
  const deps = archive.with({ clock: fixedClock(DAYS.four) });
  await publishEdition(await planEdition(deps), deps, unwatched);
  await publishTo(path.join(folder, 'foreign'), deps, unwatched);
  await archive.close();
}

/** The edition `number` in `root`. */
export function readEdition(root: string, number: number): Edition {
  const file = path.join(root, editionFilePath(number, 'edition.json'));
  return editionSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}

/** The SHA-256 of `edition.json` of edition `number` behind changes to it and to its files, signed again as a publisher does who means to deceive. */
export function publishLie(
  root: string,
  number: number,
  {
    files = {},
    change = (edition) => edition,
    keys = [TEST_KEY],
  }: {
    files?: Readonly<Record<string, string>>;
    change?: (edition: Edition) => object;
    keys?: readonly MinisignSecretKey[];
  },
): Digest {
  const at = (name: string) => path.join(root, editionFilePath(number, name));
  const told = new Map<string, { sizeBytes: number; sha256: Digest }>();
  for (const [name, text] of Object.entries(files)) {
    fs.writeFileSync(at(name), text);
    const listed = { sizeBytes: Buffer.byteLength(text), sha256: sha256(text) };
    told.set(editionFilePath(number, name), listed);
  }
  const edition = readEdition(root, number);
  const renew = <T extends { path: string; sha256: Digest }>(file: T): T => ({
    ...file,
    sha256: told.get(file.path)?.sha256 ?? file.sha256,
  });
  const text = documentText(
    change({
      ...edition,
      files: edition.files.map((file) => ({ ...file, ...told.get(file.path) })),
      rights: renew(edition.rights),
      catalogue: renew(edition.catalogue),
      tombstones: renew(edition.tombstones),
    }) as Edition,
  );
  fs.writeFileSync(at('edition.json'), text);
  const comment = TRUSTED_COMMENTS.edition(number);
  for (const [place, key] of keys.entries()) {
    const infix = place === 0 ? '' : `.${printedId(key)}`;
    fs.writeFileSync(at(`edition.json${infix}.minisig`), signMinisign(key, text, comment));
  }
  return sha256(text);
}

/** Signs a timestamp with the changes in `change` and points at it. */
export function stampLie(
  root: string,
  {
    edition,
    sequence,
    key = TEST_KEY,
    ...change
  }: {
    edition: number;
    sequence: number;
    key?: MinisignSecretKey;
    date?: string;
    expires?: string;
    sha256?: Digest;
    log?: { size: number; root: string } | undefined;
  },
): void {
  const folder = path.join(root, 'editions', 'timestamps');
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
  const last = names
    .filter((name) => name.startsWith(editionFolderName(edition)))
    .sort()
    .at(-1)!;
  const template = JSON.parse(fs.readFileSync(path.join(folder, last), 'utf8'));
  const text = documentText({ ...template, sequence, ...change });
  const file = path.join(folder, `${editionFolderName(edition)}-${sequence}.json`);
  const comment = TRUSTED_COMMENTS.timestamp(edition, sequence);
  fs.writeFileSync(file, text);
  fs.writeFileSync(`${file}.minisig`, signMinisign(key, text, comment));
  pointAt(root, edition, sequence);
}

/** From when to when timestamps say that they hold, and whether that is believed. */
export const TERMS: readonly (readonly [date: string, expires: string, isBelieved: boolean])[] = [
  ['2026-01-02T03:04:05Z', '2026-02-01T03:04:05Z', true],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z', true],
  ['2026-01-02T03:04:05Z', '2026-02-02T03:04:05Z', true],
  ['2026-01-02T03:04:05Z', '2026-02-02T03:04:06Z', false],
  ['2026-01-02T03:04:05Z', '9999-12-31T23:59:59Z', false],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:04Z', false],
  ['2026-01-31T03:04:05Z', '2026-02-30T03:04:05Z', false],
  ['2026-01-02T03:04:05Z', '2026-01-02T24:00:00Z', false],
  ['2026-01-02T03:04:05Z', '2026-01-31T03:04:60Z', false],
  ['0000-01-02T03:04:05Z', '0000-01-31T03:04:05Z', false],
];

/** Lets `current.json` name an edition and a timestamp. */
export function pointAt(root: string, edition: number, timestamp: number): void {
  fs.writeFileSync(
    path.join(root, 'editions', 'current.json'),
    documentText({ edition, timestamp }),
  );
}

/** `keys.json` that names `keys`, and its signatures by `signers`, for edition `number` of `root`. */
export function keysFiles(
  root: string,
  number: number,
  {
    keys,
    signers,
    threshold = 1,
  }: {
    keys: readonly MinisignSecretKey[];
    signers: readonly MinisignSecretKey[];
    threshold?: number;
  },
): Record<string, string> {
  const ids = keys.map(printedId).sort();
  const text = documentText({
    format: 'fonoteca-keys/1',
    keys: keys.map((key) => ({ id: printedId(key), publicKey: publicKeyBase64(key.publicKey) })),
    roles: { edition: ids, timestamp: ids },
    threshold,
  });
  const comment = TRUSTED_COMMENTS.keys(number, readEdition(root, number).previous);
  const signatures = signers.map((key, place) => [
    `keys.json${place === 0 ? '' : `.${printedId(key)}`}.minisig`,
    signMinisign(key, text, comment),
  ]);
  return { 'keys.json': text, ...Object.fromEntries(signatures) };
}

function printedId(key: MinisignSecretKey): string {
  return Buffer.from(key.publicKey.keyId).reverse().toString('hex').toUpperCase();
}

/** The root over leaf hashes in hex, by the definition of RFC 6962 2.1. */
export function rootOf(leaves: readonly Buffer[]): string {
  const over = (part: readonly Buffer[]): Buffer => {
    if (part.length === 1) return part[0]!;
    const split = 2 ** Math.floor(Math.log2(part.length - 1));
    const halves = [over(part.slice(0, split)), over(part.slice(split))];
    return Buffer.from(sha256(Buffer.concat([Buffer.of(1), ...halves])), 'hex');
  };
  return over(leaves).toString('hex');
}
