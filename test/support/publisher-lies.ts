/**
 * Trees that their own publisher signed and that are wrong all the same: what both verifiers must find, and agree on.
 *
 * Input: a published copy of two editions. Output: the copy changed and signed again by the key that may.
 */
import fs from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../src/base/digest.ts';
import { unwatched } from '../../src/base/progress.ts';
import { keyIdText, publicKeyBase64, signMinisign } from '../../src/formats/minisign.ts';
import {
  documentText,
  type Edition,
  editionSchema,
  TRUSTED_COMMENTS,
} from '../../src/model/edition.ts';
import {
  hashMetadata,
  listedMetadata,
  metadataTorrent,
} from '../../src/publishing/metadata-files.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import { TEST_KEY, testArchive, testKey, testSongs } from '../../src/publishing/test-archive.ts';
import type { VerifyCode } from '../../src/verifier/codes.ts';

/** Makes a copy of two editions below `folder`. Returns its root and the volume that edition 1 listed. */
export async function twoEditions(folder: string): Promise<{ copy: string; volume: string }> {
  const copy = path.join(folder, 'lies-copy');
  const archive = await testArchive(path.join(folder, 'lies-archive'));
  const { name: volume } = await archive.pack(testSongs(3));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await archive.pack(testSongs(1, 60));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await publishTo(copy, archive.deps, unwatched);
  await archive.close();
  return { copy, volume };
}

type Edits = Readonly<Record<string, (bytes: Buffer) => Buffer | string>>;

/** Changes published files and signs the edition again, as a publisher does who means to deceive or has a fault. */
function publishAgain(
  root: string,
  edits: Edits,
  change: (edition: Edition) => Edition = (edition) => edition,
): void {
  const at = (name: string) => path.join(root, name);
  const json = 'editions/0002/edition.json';
  let edition = editionSchema.parse(JSON.parse(fs.readFileSync(at(json), 'utf8')));
  const updated = new Map<string, { sizeBytes: number; sha256: ReturnType<typeof sha256> }>();
  const put = (name: string, bytes: Uint8Array) => {
    fs.writeFileSync(at(name), bytes);
    updated.set(name, { sizeBytes: bytes.length, sha256: sha256(bytes) });
  };
  for (const [name, edit] of Object.entries(edits))
    put(name, Buffer.from(edit(fs.readFileSync(at(name)))));
  const metadata = edition.metadata
    .filter(({ path: name }) => (updated.get(name)?.sizeBytes ?? 1) > 0)
    .map((file) => {
      if (!updated.has(file.path)) return file;
      const hashed = hashMetadata(file.path, fs.readFileSync(at(file.path)), file.sources);
      const torrent = metadataTorrent(hashed, { trackers: [], addresses: [] });
      put(file.torrent, torrent.bytes);
      return listedMetadata(hashed, torrent);
    });
  if (metadata.some((file, each) => file !== edition.metadata[each])) {
    const name = 'editions/0002/torrents.json';
    const torrents = JSON.parse(fs.readFileSync(at(name), 'utf8'));
    put(name, Buffer.from(documentText({ ...torrents, metadata })));
  }
  edition = { ...edition, metadata };
  const digestOf = <T extends { path: string; sha256: ReturnType<typeof sha256> }>(file: T): T => ({
    ...file,
    sha256: updated.get(file.path)?.sha256 ?? file.sha256,
  });
  const signed = documentText(
    change({
      ...edition,
      files: edition.files.map((file) => ({ ...file, ...updated.get(file.path) })),
      volumes: edition.volumes.map((each) => ({
        ...each,
        ...updated.get(`volumes/${each.name}.tar`),
      })),
      rights: {
        ...digestOf(edition.rights),
        members: fs.readFileSync(at(edition.rights.path), 'utf8').split('\n').length - 1,
      },
      catalogue: digestOf(edition.catalogue),
      tombstones: digestOf(edition.tombstones),
    }),
  );
  fs.writeFileSync(at(json), signed);
  fs.writeFileSync(
    at(`${json}.minisig`),
    signMinisign(TEST_KEY, signed, TRUSTED_COMMENTS.edition(2)),
  );
}

const editing = (name: string, edit: (text: string) => string): Edits => ({
  [`editions/0002/${name}`]: (bytes) => edit(bytes.toString('utf8')),
});
const ofVolumes = (change: Partial<Edition['volumes'][number]>) => (edition: Edition) => ({
  ...edition,
  volumes: edition.volumes.map((each) => ({ ...each, ...change })),
});
const flipped = (at: number) => (bytes: Buffer) => {
  const edited = Buffer.from(bytes);
  edited[at] = edited[at]! ^ 1;
  return edited;
};
const tombstone = (digest: string, change: Record<string, string | number | null> = {}) =>
  documentText({
    ...{ audio: null, date: '2026-01-02T03:04:05Z', digest, kind: 'withdrawn', number: 1 },
    ...{ previous: null, reason: 'other', subject: null },
    ...change,
  });
const EDITION_1 = 'editions/0001/edition.json';
const DIGEST = /"digest":"[0-9a-f]{64}"/;

/** Signs keys.json of edition 2 again, under another trusted comment. */
const keysSignedAs = (comment: (root: string) => string) => (root: string) => {
  const keys = fs.readFileSync(path.join(root, 'editions/0002/keys.json'), 'utf8');
  publishAgain(root, {
    'editions/0002/keys.json.minisig': () => signMinisign(TEST_KEY, keys, comment(root)),
  });
};

/** What signatures of keys.json of edition 2 say. */
function keysComment(root: string): string {
  return TRUSTED_COMMENTS.keys(2, sha256(fs.readFileSync(path.join(root, EDITION_1))));
}

type Lie = readonly [
  name: string,
  wanted: readonly VerifyCode[],
  tell: (root: string, volume: string) => void,
];

/** The lies about a copy of two editions: what each is, the codes it is found by, and how it is told. */
export const PUBLISHER_LIES: readonly Lie[] = [
  [
    'when a member has no rights',
    ['VERIFY_RIGHTS_MISSING'],
    (root) =>
      publishAgain(
        root,
        editing('rights.jsonl', (text) => text.replace(/^.*\n/, '')),
      ),
  ],
  [
    'when a member may not be distributed',
    ['VERIFY_NOT_DISTRIBUTABLE'],
    (root) =>
      publishAgain(
        root,
        editing('rights.jsonl', (text) =>
          text.replace('"distributable":true', '"distributable":false'),
        ),
      ),
  ],
  [
    'when rights are not sayable',
    ['VERIFY_DOCUMENT'],
    (root) =>
      publishAgain(
        root,
        editing('rights.jsonl', (text) => text.replace('"holder":"Ana"', '"holder":1')),
      ),
  ],
  [
    'when the catalogue names a file that is not there',
    ['VERIFY_CATALOGUE'],
    (root) =>
      publishAgain(
        root,
        editing('catalogue.jsonl', (text) => text.replace('"path":"Ana/', '"path":"Eva/')),
      ),
  ],
  [
    'when torrents.json names another infohash',
    ['VERIFY_DOCUMENT'],
    (root) =>
      publishAgain(
        root,
        editing('torrents.json', (text) =>
          text.replaceAll(/"infohashV1":"[0-9a-f]{40}"/g, `"infohashV1":"${'0'.repeat(40)}"`),
        ),
      ),
  ],
  [
    'when edition.json names another infohash',
    ['VERIFY_DOCUMENT', 'VERIFY_INFOHASH', 'VERIFY_VOLUME_CHANGED'],
    (root) => publishAgain(root, {}, ofVolumes({ infohashV1: '0'.repeat(40) })),
  ],
  [
    'when it counts other members',
    ['VERIFY_DOCUMENT', 'VERIFY_INDEX', 'VERIFY_VOLUME_CHANGED'],
    (root) => publishAgain(root, {}, ofVolumes({ members: 30 })),
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
    ['VERIFY_CATALOGUE', 'VERIFY_DOCUMENT', 'VERIFY_MEMBER'],
    (root) => {
      const rights = fs.readFileSync(path.join(root, 'editions/0002/rights.jsonl'), 'utf8');
      const { digest } = JSON.parse(rights.split('\n')[0]!);
      const line = tombstone(digest);
      publishAgain(
        root,
        editing('tombstones.jsonl', () => line),
        (edition) => ({
          ...edition,
          tombstones: { ...edition.tombstones, count: 1, head: sha256(line) },
        }),
      );
    },
  ],
  [
    'when a tombstone does not name the one before',
    ['VERIFY_TOMBSTONES'],
    (root) =>
      publishAgain(
        root,
        editing('tombstones.jsonl', () => tombstone(sha256('a'), { previous: sha256('another') })),
        (edition) => ({
          ...edition,
          tombstones: { ...edition.tombstones, count: 1, head: sha256('x') },
        }),
      ),
  ],
  [
    'when it states another log',
    ['VERIFY_LOG'],
    (root) =>
      publishAgain(root, {}, (edition) => ({ ...edition, log: { size: 2, root: sha256('') } })),
  ],
  [
    'when it lists a torrent as superseded that the volume has',
    ['VERIFY_DOCUMENT', 'VERIFY_VOLUME_CHANGED'],
    (root) =>
      publishAgain(root, {}, (edition) => ({
        ...edition,
        volumes: edition.volumes.map(({ infohashV1, infohashV2, ...each }) => ({
          ...{ ...each, infohashV1, infohashV2 },
          superseded: [{ edition: 2, infohashV1, infohashV2 }],
        })),
      })),
  ],
  [
    'when its stage is metadata and it adds a volume',
    ['VERIFY_DOCUMENT'],
    (root) => publishAgain(root, {}, (edition) => ({ ...edition, stage: 'metadata' })),
  ],
  [
    'when it does not follow the edition before',
    ['VERIFY_CHAIN_BROKEN'],
    (root) => publishAgain(root, {}, (edition) => ({ ...edition, previous: sha256('another') })),
  ],
  [
    'when it carries another number than its folder',
    ['VERIFY_EDITION_NUMBER'],
    (root) => publishAgain(root, {}, (edition) => withNumber(edition, 3)),
  ],
  [
    'when its keys are signed for the edition before',
    ['VERIFY_SIGNATURE_FORM'],
    keysSignedAs(() => TRUSTED_COMMENTS.keys(1, null)),
  ],
  [
    'when its keys are signed behind an edition of another archive',
    ['VERIFY_SIGNATURE_FORM'],
    keysSignedAs(() => TRUSTED_COMMENTS.keys(2, sha256('another'))),
  ],
  [
    'when its keys are signed for no edition',
    ['VERIFY_SIGNATURE_FORM'],
    keysSignedAs(() => 'fonoteca-keys/1'),
  ],
  [
    'when its keys are signed for another number',
    ['VERIFY_SIGNATURE_FORM'],
    keysSignedAs((root) => keysComment(root).replace('number 2', 'number 3')),
  ],
  [
    'when its torrent is of no volume',
    ['VERIFY_TORRENT'],
    (root, volume) => publishAgain(root, { [`volumes/${volume}.torrent`]: () => 'de' }),
  ],
  [
    'when its leaves are of another volume',
    ['VERIFY_LEAVES'],
    (root, volume) => publishAgain(root, { [`volumes/${volume}.leaves`]: flipped(20) }),
  ],
  [
    'when a volume is no tar',
    ['VERIFY_LEAVES', 'VERIFY_PIECES', 'VERIFY_TAR', 'VERIFY_VOLUME_CHANGED'],
    (root, volume) => publishAgain(root, { [`volumes/${volume}.tar`]: flipped(600) }),
  ],
  [
    'when the index of a volume names another digest',
    ['VERIFY_LEAVES', 'VERIFY_PIECES', 'VERIFY_VOLUME_CHANGED', 'VERIFY_VOLUME_NAME'],
    (root, volume) =>
      publishAgain(root, {
        [`volumes/${volume}.tar`]: (bytes) =>
          Buffer.from(
            bytes.toString('latin1').replace(DIGEST, `"digest":"${'0'.repeat(64)}"`),
            'latin1',
          ),
      }),
  ],
  [
    'when the index of a volume is out of place',
    ['VERIFY_INDEX', 'VERIFY_LEAVES', 'VERIFY_PIECES', 'VERIFY_VOLUME_CHANGED'],
    (root, volume) =>
      publishAgain(root, {
        [`volumes/${volume}.tar`]: (bytes) =>
          Buffer.from(bytes.toString('latin1').replace(/"offset":(\d)/, '"offset":9'), 'latin1'),
      }),
  ],
];

const NEXT = testKey(9);
const withId = (key: typeof TEST_KEY, { publicKey: { keyId } }: typeof TEST_KEY) => ({
  ...key,
  publicKey: { ...key.publicKey, keyId },
});
/** A stranger's key with the id of the one that is known. */
const IMPOSTOR = withId(testKey(77), TEST_KEY);
/** As many as a keys.json may name at most. */
const MANY = Array.from({ length: 32 }, (_, at) => testKey(at + 100));

/** Changes of keys in edition 2: the codes found, and whose key is named, signs keys.json, and signs edition.json. */
export const ROTATIONS: readonly (readonly [
  readonly VerifyCode[],
  Parameters<typeof rotate>[1],
])[] = [
  [[], [[TEST_KEY, NEXT], TEST_KEY, NEXT]],
  [[], [[TEST_KEY, NEXT], TEST_KEY, TEST_KEY]],
  [['VERIFY_KEY_UNKNOWN'], [[NEXT], NEXT, NEXT]],
  [['VERIFY_KEY_UNKNOWN'], [[TEST_KEY, NEXT], NEXT, NEXT]],
  [['VERIFY_KEY_UNKNOWN'], [[TEST_KEY], TEST_KEY, NEXT]],
  [['VERIFY_KEY_UNKNOWN'], [[NEXT], TEST_KEY, NEXT]],
  [['VERIFY_DOCUMENT'], [[IMPOSTOR], IMPOSTOR, IMPOSTOR]],
  [['VERIFY_DOCUMENT'], [[TEST_KEY, withId(TEST_KEY, NEXT)], TEST_KEY, TEST_KEY]],
  [[], [[TEST_KEY, ...MANY.slice(1)], TEST_KEY, TEST_KEY]],
  [['VERIFY_DOCUMENT'], [[TEST_KEY, ...MANY], TEST_KEY, TEST_KEY]],
];

/** Makes edition 2 name `named` as its keys, keys.json signed by `keysBy` and edition.json by `editionBy`. */
export function rotate(
  root: string,
  [named, keysBy, editionBy]: readonly [
    readonly (typeof TEST_KEY)[],
    typeof TEST_KEY,
    typeof TEST_KEY,
  ],
): void {
  const ids = named.map(({ publicKey: key }) => keyIdText(key));
  const keys = documentText({
    format: 'fonoteca-keys/1',
    threshold: 1,
    keys: named.map(({ publicKey: key }) => ({
      id: keyIdText(key),
      publicKey: publicKeyBase64(key),
    })),
    roles: { edition: ids, timestamp: ids },
  });
  const comment = keysComment(root);
  publishAgain(root, {
    'editions/0002/keys.json': () => keys,
    'editions/0002/keys.json.minisig': () => signMinisign(keysBy, keys, comment),
  });
  const json = path.join(root, 'editions/0002/edition.json');
  const text = fs.readFileSync(json, 'utf8');
  fs.writeFileSync(`${json}.minisig`, signMinisign(editionBy, text, TRUSTED_COMMENTS.edition(2)));
}

/** Signs both editions by a stranger whose keys.json names TEST_KEY beside its own. Returns the root. */
export async function namedByStranger(folder: string): Promise<string> {
  const copy = path.join(folder, 'stranger');
  const archive = await testArchive(path.join(folder, 'stranger-archive'));
  await archive.pack(testSongs(2));
  const stranger = testKey(77);
  const keys = [stranger, TEST_KEY].map(({ publicKey }) => ({
    id: keyIdText(publicKey),
    publicKey: publicKeyBase64(publicKey),
  }));
  const ids = keys.map(({ id }) => id);
  const roles = { edition: ids, timestamp: [ids[0]!] };
  await archive.deps.ledger.commit([{ kind: 'keys-changed', keys, roles, threshold: 1 }]);
  const deps = { ...archive.deps, secretKey: stranger };
  await publishEdition(await planEdition(deps), deps, unwatched);
  await publishTo(copy, deps, unwatched);
  await archive.close();
  return copy;
}

/** The edition under another number, its own files listed in the folder of that number. */
function withNumber(edition: Edition, number: number): Edition {
  const moved = <T extends { path: string }>(file: T): T => ({
    ...file,
    path: file.path.replace('editions/0002/', `editions/000${number}/`),
  });
  return {
    ...edition,
    number,
    files: edition.files.map(moved),
    rights: moved(edition.rights),
    metadata: edition.metadata.map((file) => ({
      ...moved(file),
      torrent: moved({ path: file.torrent }).path,
    })),
    catalogue: moved(edition.catalogue),
    tombstones: moved(edition.tombstones),
  };
}
