import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { buildMetainfo } from '../formats/metainfo-build.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import { startPieceHasher } from '../formats/piece-hasher.ts';
import { type Announce, announceName, announceTorrent } from './announce-torrent.ts';

const name = 'original-0123456789abcdef';
const hasher = startPieceHasher({ pieceLengthBytes: 16384 });
hasher.update(seededRandom(3).bytes(70_000));
const hashes = hasher.finish();
const built = buildMetainfo({ name: `${name}.tar`, hashes });
const none: Announce = { trackers: [], addresses: [] };
const some: Announce = {
  trackers: ['udp://one.example:1/announce', 'https://two.example/announce'],
  addresses: ['https://a.example/x', 'https://b.example'],
};
const announce = (bytes: Uint8Array, settings: Announce) =>
  announceTorrent(bytes, { name, infohashV2: built.infohashV2, announce: settings });

test('addresses are set and taken away again without a change of the infohashes', () => {
  const announced = announce(built.bytes, some);
  const read = parseMetainfo(announced);
  assert.deepEqual([read.infohashV1, read.infohashV2], [built.infohashV1, built.infohashV2]);
  assert.deepEqual(read.trackers, [[some.trackers[0]], [some.trackers[1]]]);
  assert.deepEqual(read.webSeeds, [
    `https://a.example/x/volumes/${name}.tar`,
    `https://b.example/volumes/${name}.tar`,
  ]);
  assert.deepEqual(read.refusedAddresses, []);
  assert.deepEqual(Buffer.from(announce(announced, none)), Buffer.from(built.bytes));
  assert.deepEqual(announce(announce(announced, none), some), announced);
});

test('one tracker needs no list', () => {
  const one = announce(built.bytes, { trackers: ['udp://one.example:1/announce'], addresses: [] });
  assert.equal(Buffer.from(one).includes('announce-list'), false);
  assert.deepEqual(parseMetainfo(one).trackers, [['udp://one.example:1/announce']]);
});

test('a torrent with another info is refused', () => {
  const foreign = { name, infohashV2: '0'.repeat(64), announce: none };
  assert.throws(() => announceTorrent(built.bytes, foreign), { code: 'PUBLISH_TORRENT_FOREIGN' });
  assert.throws(() => announce(Buffer.from('de'), none), { code: 'PUBLISH_TORRENT_FOREIGN' });
  assert.throws(() => announce(Buffer.from('x'), none), { code: 'BENCODE_INVALID' });
});

test('a torrent with a damaged piece layer is refused', () => {
  const damaged = Buffer.from(built.bytes);
  const layer = Buffer.from(hashes.pieceLayer);
  const at = damaged.indexOf(layer);
  assert.notEqual(at, -1);
  damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
  assert.throws(() => announce(damaged, some), { code: 'PUBLISH_TORRENT_FOREIGN' });
});

test('a set of addresses has one name, and another set another', () => {
  assert.match(announceName(some), /^[0-9a-f]{16}$/);
  assert.equal(announceName(some), announceName({ ...some }));
  assert.notEqual(announceName(some), announceName({ trackers: [], addresses: some.addresses }));
});
