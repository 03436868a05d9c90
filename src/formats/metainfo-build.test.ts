import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { type Bencode, decodeBencode } from './bencode.ts';
import { buildTorrent, type TorrentSource, type TorrentVersions } from './metainfo-build.ts';
import { orderTorrentFiles, paddingBytes } from './metainfo-build-files.ts';
import { parseMetainfo } from './metainfo-parse.ts';
import { startPieceHasher } from './piece-hasher.ts';

const KIB = 1024;
const VERSIONS: readonly TorrentVersions[] = ['v1', 'v2', 'hybrid'];
type Content = readonly (readonly [path: string, bytes: Uint8Array])[];

/** What `buildTorrent` wants for `content`, each hash taken the plain way. */
function sourceOf(
  name: string,
  versions: TorrentVersions,
  content: Content,
  pieceLengthBytes = 16 * KIB,
): TorrentSource {
  const ordered = orderTorrentFiles(content.map(([file, bytes]) => ({ path: file, bytes })));
  const parts: Uint8Array[] = [];
  let spaceBytes = 0;
  for (const { bytes } of ordered) {
    const gap = versions === 'hybrid' && bytes.length > 0;
    const padding = gap ? paddingBytes(spaceBytes, pieceLengthBytes) : 0;
    parts.push(new Uint8Array(padding), bytes);
    spaceBytes += padding + bytes.length;
  }
  const space = Buffer.concat(parts);
  const pieces: Buffer[] = [];
  for (let at = 0; at < space.length; at += pieceLengthBytes)
    pieces.push(crypto.hash('sha1', space.subarray(at, at + pieceLengthBytes), 'buffer'));
  const files = ordered.map(({ path: file, bytes }) => {
    const hasher = startPieceHasher({ pieceLengthBytes });
    hasher.update(bytes);
    const { sizeBytes, piecesRoot, pieceLayer } = hasher.finish();
    return { path: file, sizeBytes, piecesRoot, pieceLayer };
  });
  return { name, versions, pieceLengthBytes, files, pieces: Buffer.concat(pieces) };
}

const NAMES = ['a/b', 'a.x', 'a/c/d', 'Ünï/ö', '坂本/龍一.flac', 'z', 'B/e', '.hidden', 'a-/f'];

function randomContent(random: SeededRandom): Content {
  const names = NAMES.filter(() => random.below(2) === 0);
  if (names.length === 0) names.push('lone');
  const content = names.map((name): [string, Uint8Array] => {
    const sizeBytes = random.pick([0, 1, 511, 16 * KIB, 16 * KIB + 1, 40_000, 64 * KIB]);
    return [name, random.bytes(sizeBytes)];
  });
  return content.some(([, bytes]) => bytes.length > 0)
    ? content
    : [...content, ['last', random.bytes(7)]];
}

describe('a torrent of a folder', () => {
  test('is read back with its files, sizes, places and roots (seeds 1 to 40)', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed);
      const versions = random.pick(VERSIONS);
      const pieceLengthBytes = random.pick([16 * KIB, 64 * KIB]);
      const source = sourceOf('Folder', versions, randomContent(random), pieceLengthBytes);
      const built = buildTorrent(source);
      const read = parseMetainfo(built.bytes);
      assert.deepEqual(
        [read.kind, read.name, read.infohashV1, read.infohashV2, read.private],
        [versions, 'Folder', built.infohashV1, built.infohashV2, false],
        `seed ${seed}`,
      );
      assert.deepEqual(
        read.files.map((file) => [file.path, file.sizeBytes, file.piecesRoot]),
        source.files.map((file) => [
          `Folder/${file.path}`,
          file.sizeBytes,
          versions === 'v1' || file.sizeBytes === 0
            ? undefined
            : Buffer.from(file.piecesRoot!).toString('hex'),
        ]),
        `seed ${seed}`,
      );
      if (versions !== 'v2') assert.deepEqual(Buffer.from(read.pieces!), source.pieces);
      const places = read.files.filter((file) => file.sizeBytes > 0 && versions !== 'v1');
      assert(places.every((file) => file.offsetBytes % pieceLengthBytes === 0));
    }
  });

  test('orders files as the v2 tree does, folder by folder', () => {
    const ordered = orderTorrentFiles(NAMES.map((file) => ({ path: file })));
    assert.deepEqual(
      ordered.map((file) => file.path),
      ['.hidden', 'B/e', 'a/b', 'a/c/d', 'a-/f', 'a.x', 'z', 'Ünï/ö', '坂本/龍一.flac'],
    );
  });

  test('pads each file but the last to a piece, in a hybrid alone', () => {
    const content: Content = [
      ['a', new Uint8Array(5)],
      ['b', new Uint8Array(0)],
      ['c', new Uint8Array(16 * KIB)],
      ['d', new Uint8Array(9)],
      ['e', new Uint8Array(0)],
    ];
    const listOf = (versions: TorrentVersions) => {
      const { bytes } = buildTorrent(sourceOf('n', versions, content));
      const torrent = decodeBencode(bytes) as Map<string, Bencode>;
      const list = (torrent.get('info') as Map<string, Bencode>).get('files') as Map<
        string,
        Bencode
      >[];
      return list.map((entry) => {
        const names = (entry.get('path') as Uint8Array[]).map(String).join('/');
        return `${names} ${entry.get('length')} ${String(entry.get('attr') ?? '-')}`;
      });
    };
    assert.deepEqual(listOf('v1'), ['a 5 -', 'b 0 -', 'c 16384 -', 'd 9 -', 'e 0 -']);
    assert.deepEqual(listOf('hybrid'), [
      ...['a 5 -', 'b 0 -', '.pad/16379 16379 p', 'c 16384 -', 'd 9 -', 'e 0 -'],
    ]);
  });

  const one: Content = [['a', new Uint8Array(9)]];
  const refusals: [string, () => unknown, string][] = [
    ['no bytes', () => sourceOf('n', 'v1', [['a', new Uint8Array(0)]]), 'METAINFO_INVALID'],
    ['twins in case', () => sourceOf('n', 'v1', [...one, ['A', one[0]![1]]]), 'PATH_DUPLICATE'],
    ['a path that leaves', () => sourceOf('n', 'v1', [['../a', one[0]![1]]]), 'PATH_UNSAFE'],
    ['a folder as name', () => sourceOf('n/m', 'v1', one), 'PATH_UNSAFE'],
    [
      'an odd piece length',
      () => ({ ...sourceOf('n', 'v1', one), pieceLengthBytes: 24 * KIB }),
      'METAINFO_INVALID',
    ],
    ['a folder of one file of its name', () => sourceOf('a', 'v2', one), 'METAINFO_INVALID'],
    ['the same in a hybrid', () => sourceOf('a', 'hybrid', one), 'METAINFO_INVALID'],
  ];
  for (const [what, source, code] of refusals)
    test(`is refused for ${what}`, () =>
      assert.throws(() => buildTorrent(source() as TorrentSource), { code }));

  test('of one file of its name is fine in v1, which says folder or file', () => {
    const read = parseMetainfo(buildTorrent(sourceOf('a', 'v1', one)).bytes);
    assert.deepEqual(
      read.files.map((file) => file.path),
      ['a/a'],
    );
  });
});

describe('a torrent of one file', () => {
  for (const versions of VERSIONS)
    test(`is read back as that file, ${versions}`, () => {
      const bytes = seededRandom(5).bytes(40_000);
      const read = parseMetainfo(buildTorrent(sourceOf('x.tar', versions, [['', bytes]])).bytes);
      assert.equal(read.kind, versions);
      assert.deepEqual(
        read.files.map((file) => [file.path, file.sizeBytes]),
        [['x.tar', 40_000]],
      );
    });
});

const fixtures = path.resolve(
  import.meta.dirname,
  '../../../shared/data/torrent/webtorrent-fixtures',
);
const skip = fs.existsSync(fixtures) ? false : 'the torrent samples are not on this machine';

describe('webtorrent-fixtures', { skip }, () => {
  const fixture = (name: string): Buffer => fs.readFileSync(path.join(fixtures, name));

  /** The content beside the torrent `name`: a file, or a folder of files. */
  function contentOf(name: string): Content {
    const place = path.join(fixtures, name);
    if (!fs.statSync(place).isDirectory()) return [['', fs.readFileSync(place)]];
    return fs
      .readdirSync(place, { recursive: true, encoding: 'utf8' })
      .filter((file) => fs.statSync(path.join(place, file)).isFile())
      .map((file): [string, Uint8Array] => [file, fs.readFileSync(path.join(place, file))]);
  }

  for (const [torrent, content] of [
    ['alice', 'alice.txt'],
    ['numbers', 'numbers'],
    ['folder', 'folder'],
  ] as const)
    test(`${torrent}: the content gives the torrent's pieces, files and infohash`, () => {
      const read = parseMetainfo(fixture(`${torrent}.torrent`));
      const source = sourceOf(content, 'v1', contentOf(content), read.pieceLengthBytes);
      const built = parseMetainfo(buildTorrent(source).bytes);
      assert.deepEqual(built.files, read.files);
      assert.deepEqual(Buffer.from(built.pieces!), Buffer.from(read.pieces!));
      assert.equal(built.infohashV1, read.infohashV1);
    });

  test('corrupt is refused, leaves-metadata and bunny are read', () => {
    assert.throws(() => parseMetainfo(fixture('corrupt.torrent')), { name: 'FonotecaError' });
    const leaves = parseMetainfo(fixture('leaves-metadata.torrent'));
    assert.equal(leaves.infohashV1, 'd2474e86c95b19b8bcfdb92bc12c9d44667cfa36');
    assert.equal(parseMetainfo(fixture('bunny.torrent')).files.length, 1);
  });
});
