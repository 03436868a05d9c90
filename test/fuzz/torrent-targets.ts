/** Fuzz targets for torrents: bencode, metainfo and magnet links. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { type Digest, sha256 } from '../../src/base/digest.ts';
import { unsafePathReason } from '../../src/base/safe-path.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import {
  type Bencode,
  type BencodeDictionary,
  decodeBencode,
  encodeBencode,
} from '../../src/formats/bencode.ts';
import { buildMagnet, type Magnet, parseMagnet } from '../../src/formats/magnet.ts';
import { HASH_BYTES, LEAF_BYTES, leafCount, rootFromPieceLayer } from '../../src/formats/merkle.ts';
import type { Metainfo } from '../../src/formats/metainfo.ts';
import { buildTorrent, type TorrentSource } from '../../src/formats/metainfo-build.ts';
import { orderTorrentFiles, paddingBytes } from '../../src/formats/metainfo-build-files.ts';
import { parseMetainfo } from '../../src/formats/metainfo-parse.ts';
import { mutateBencode, randomBencode } from './bencode-mutations.ts';
import { assertSameBytes, type FuzzTarget, valueOrRefusal } from './fuzz-target.ts';
import { mutateBytes, mutateText } from './mutations.ts';

const BENCODE_TOKENS = ['d', 'e', 'l', 'i0e', 'i-0e', '0:', '1:a', 'de', 'le', 'i-1e', '99999:'];

const bencode: FuzzTarget = {
  name: 'bencode',
  run(random) {
    const bytes = encodeBencode(randomBencode(random, 0));
    if (random.below(4) === 0) {
      assertSameBytes(encodeBencode(decodeBencode(bytes)), bytes, 're-encoded');
      return 'written';
    }
    const mutant = mutateBytes(bytes, random, { tokens: BENCODE_TOKENS });
    const value = valueOrRefusal(/^BENCODE_INVALID$/, () => decodeBencode(mutant));
    if (value === undefined) return 'refused';
    assertSameBytes(encodeBencode(value), mutant, 're-encoded');
    return 'read';
  },
};

const NAMES = ['a', 'B.flac', 'Ünï', '坂本 龍一', '.x', 'a b', 'z-', '\u{1f3b5}', '0'];

/** What a torrent of random files is made from. The trees are real, the hashes of the pieces are not. */
function randomSource(random: SeededRandom): TorrentSource {
  const pieceLengthBytes = LEAF_BYTES * random.pick([1, 2, 16]);
  const versions = random.pick(['v1', 'v2', 'hybrid'] as const);
  const isAlone = random.below(3) === 0;
  const paths = isAlone
    ? ['']
    : NAMES.slice(0, 1 + random.below(NAMES.length)).map((name) =>
        random.below(2) === 0 ? name : `folder/${name}`,
      );
  const files = orderTorrentFiles(paths.map((path) => ({ path }))).map(({ path }) => {
    const sizeBytes = 1 + random.below(random.pick([1, LEAF_BYTES, 10 * LEAF_BYTES]));
    const layer = random.bytes(leafCount(sizeBytes, pieceLengthBytes) * HASH_BYTES);
    const piecesRoot =
      sizeBytes > pieceLengthBytes ? rootFromPieceLayer(layer, pieceLengthBytes) : random.bytes(32);
    return { path, sizeBytes, piecesRoot, pieceLayer: layer };
  });
  let spaceBytes = 0;
  for (const { sizeBytes } of files)
    spaceBytes +=
      sizeBytes + (versions === 'hybrid' ? paddingBytes(spaceBytes, pieceLengthBytes) : 0);
  return {
    name: isAlone ? 'x.tar' : 'Folder',
    ...{ versions, pieceLengthBytes, files },
    pieces: random.bytes(20 * leafCount(spaceBytes, pieceLengthBytes)),
    trackers: random.below(2) === 0 ? [] : [['udp://a.example:1'], ['https://b.example/x']],
    webSeeds: random.below(2) === 0 ? [] : ['https://c.example/'],
  };
}

const METAINFO_CODES = /^(?:BENCODE_INVALID|METAINFO_[A-Z_]+|PATH_UNSAFE|PATH_DUPLICATE)$/;

const metainfo: FuzzTarget = {
  name: 'metainfo',
  run(random) {
    const source = randomSource(random);
    const { bytes, infohashV1, infohashV2 } = buildTorrent(source);
    const kind = random.below(6);
    if (kind === 0) {
      const read = parseMetainfo(bytes);
      assert.deepEqual([read.infohashV1, read.infohashV2], [infohashV1, infohashV2]);
      assert.deepEqual(
        read.files.map(({ sizeBytes }) => sizeBytes),
        source.files.map(({ sizeBytes }) => sizeBytes),
      );
      return 'written';
    }
    const mutant =
      kind < 3
        ? mutateBytes(bytes, random, { tokens: BENCODE_TOKENS })
        : encodeBencode(mutateBencode(decodeBencode(bytes), random));
    const read = valueOrRefusal(METAINFO_CODES, () => parseMetainfo(mutant));
    if (read === undefined) return 'refused';
    checkTorrent(read, mutant);
    return 'read';
  },
};

function checkTorrent(torrent: Metainfo, bytes: Uint8Array): void {
  const value = decodeBencode(bytes);
  assertSameBytes(encodeBencode(value), bytes, 're-encoded');
  const info = encodeBencode((value as BencodeDictionary).get('info') as Bencode);
  if (torrent.infohashV1 !== undefined)
    assert.equal(torrent.infohashV1, crypto.hash('sha1', info, 'hex'));
  if (torrent.infohashV2 !== undefined) assert.equal(torrent.infohashV2, sha256(info));
  assert(torrent.infohashV1 !== undefined || torrent.infohashV2 !== undefined);
  let sizeBytes = 0;
  for (const file of torrent.files) {
    assert.equal(unsafePathReason(file.path), undefined);
    assert(file.sizeBytes === 0 || file.offsetBytes + file.sizeBytes <= torrent.spaceBytes);
    sizeBytes += file.sizeBytes;
  }
  assert.equal(torrent.sizeBytes, sizeBytes);
  const pieces = leafCount(torrent.spaceBytes, torrent.pieceLengthBytes);
  if (torrent.pieces) assert.equal(torrent.pieces.length, pieces * 20);
  const same = new Set(torrent.files.map(({ path }) => path.toLowerCase()));
  assert.equal(same.size, torrent.files.length, 'files that meet');
}

function randomMagnet(random: SeededRandom): Magnet {
  const some = <T>(value: T): T | undefined => (random.below(3) === 0 ? undefined : value);
  const infohashV2 = some(Buffer.from(random.bytes(32)).toString('hex') as Digest);
  const infohashV1 = some(Buffer.from(random.bytes(20)).toString('hex'));
  const name = some(random.pick(NAMES));
  const sizeBytes = some(random.pick([0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER]));
  const first = random.below(100);
  return {
    ...(infohashV1 === undefined && infohashV2 !== undefined
      ? {}
      : { infohashV1: infohashV1 ?? 'ab'.repeat(20) }),
    ...(infohashV2 === undefined ? {} : { infohashV2 }),
    ...(name === undefined ? {} : { name }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    trackers: some(['udp://a.example:1', 'https://b.example/a?b=c&d=e%20']) ?? [],
    webSeeds: some(['https://c.example/ü']) ?? [],
    ...(random.below(3) === 0
      ? {
          selectOnly: [
            { first, last: first + random.below(9) },
            { first: 200, last: 200 },
          ],
        }
      : {}),
  };
}

const MAGNET_TOKENS = [
  '&xt=urn:btih:',
  '&xt=urn:btmh:1220',
  '&dn=',
  '&xl=',
  '&tr=',
  '&ws=',
  '&so=',
  '%',
  '%00',
  '%2F',
  '1-2',
  ',',
];

const magnet: FuzzTarget = {
  name: 'magnet',
  run(random) {
    const made = randomMagnet(random);
    const link = buildMagnet(made);
    if (random.below(4) === 0) {
      assert.deepEqual(parseMagnet(link), made);
      return 'written';
    }
    const mutant = mutateText(link, random, MAGNET_TOKENS);
    const read = valueOrRefusal(/^(?:MAGNET_INVALID|PATH_UNSAFE)$/, () => parseMagnet(mutant));
    if (read === undefined) return 'refused';
    assert(read.name === undefined || unsafePathReason(read.name) === undefined);
    assert.deepEqual(parseMagnet(buildMagnet(read)), read, 'read again');
    return 'read';
  },
};

/** The targets of this file. */
export const TORRENT_TARGETS: readonly FuzzTarget[] = [bencode, metainfo, magnet];
