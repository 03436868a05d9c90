/** The built-in seeder over a real archive and real sockets: what it gives, what it refuses, and whom it sends away. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Archive, openArchive } from '../src/archive.ts';
import { systemClock, systemRandom } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { compareBytes } from '../src/base/safe-path.ts';
import { type BuiltInOptions, startBuiltInSeeder } from '../src/seeding/built-in-seeder.ts';
import { seedItems } from '../src/seeding/seed-item.ts';
import { connectPeer, greeting, message, V2, words } from './support/bare-peer.ts';
import { type PublishedVolume, publishedVolumes, sha256Of } from './support/published.ts';
import { runFonoteca } from './support/run-fonoteca.ts';
import { makeSeedArchive, publishMore, writeNoise } from './support/seed-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-seeding-'));
const root = path.join(folder, 'archive');
const BLOCK = 16_384;
const PIECE = 262_144;
const INTERESTED = message(2);

let volume: PublishedVolume;
let bytes: Buffer;
let archive: Archive;

before(async () => {
  await writeNoise(path.join(folder, 'music'));
  await makeSeedArchive(root, path.join(folder, 'music'));
  volume = publishedVolumes(root)[0]!;
  bytes = fs.readFileSync(volume.file);
  archive = await open();
});
after(async () => {
  await archive[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const open = (write = false, at = root) =>
  openArchive(at, { write }, { disk: realDisk, clock: systemClock, random: systemRandom });

/** A seeder on a free port, with a clock that goes when it is told to. */
async function seed(options: Partial<BuiltInOptions> = {}, of: Archive = archive) {
  let nowMs = 0;
  const seeder = await startBuiltInSeeder(of, {
    host: '127.0.0.1',
    port: 0,
    maxConnections: 50,
    uploadSlots: 8,
    trackers: [],
    clock: { nowIso: systemClock.nowIso, elapsedMs: () => nowMs },
    random: systemRandom,
    outbound: openOutbound({ allow: 'typed' }),
    ...options,
  });
  const pass = (ms: number) => {
    nowMs += ms;
    seeder.tick();
  };
  return Object.assign(seeder, { pass });
}

/** The block at `start` of the file, asked for and waited for. */
async function fetchBlock(peer: Awaited<ReturnType<typeof connectPeer>>, start: number) {
  const piece = Math.floor(start / PIECE);
  const length = Math.min(BLOCK, bytes.length - start);
  peer.send(message(6, words(piece, start % PIECE, length)));
  const answer = await peer.wait(7);
  assert.deepEqual(answer?.body.subarray(0, 8), words(piece, start % PIECE));
  return answer.body.subarray(8);
}

async function unchoked(port: number, infohash = volume.infohashV1) {
  const peer = await connectPeer(port, greeting(infohash));
  peer.send(INTERESTED);
  assert.ok(await peer.wait(1), 'unchoked');
  return peer;
}

describe('what the built-in seeder gives', () => {
  test('is every block of a volume', async () => {
    await using seeder = await seed();
    using peer = await unchoked(seeder.port);
    const blocks: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += BLOCK)
      blocks.push(await fetchBlock(peer, start));
    assert.equal(sha256Of(Buffer.concat(blocks)), volume.sha256);
    assert.equal(seeder.counters.uploadedBytes, bytes.length);
    const [row] = seeder.status();
    assert.deepEqual(
      [row?.infohashV1, row?.peers, row?.uploadedBytes],
      [volume.infohashV1, 1, bytes.length],
    );
  });

  test('is the metadata of the edition, opened in place', async () => {
    await using seeder = await seed();
    const row = seeder.status().find(({ name }) => name === 'catalogue.jsonl')!;
    using peer = await unchoked(seeder.port, row.infohashV1);
    const catalogue = fs.readFileSync(path.join(root, 'editions/0001/catalogue.jsonl'));
    peer.send(message(6, words(0, 0, catalogue.length)));
    assert.deepEqual((await peer.wait(7))?.body.subarray(8), catalogue);
  });

  test('is the info dictionary, for who has a magnet link', async () => {
    await using seeder = await seed();
    using peer = await connectPeer(seeder.port, greeting(volume.infohashV1));
    peer.send(message(20, Buffer.from('\0d1:md11:ut_metadatai7eee', 'latin1')));
    const size = Number(/metadata_sizei(\d+)e/.exec(String((await peer.wait(20))?.body))?.[1]);
    peer.send(message(20, Buffer.from('\x01d8:msg_typei0e5:piecei0ee', 'latin1')));
    const answer = await peer.wait(20);
    assert.equal(answer?.body[0], 7);
    const info = answer.body.subarray(-size);
    assert.equal(createHash('sha1').update(info).digest('hex'), volume.infohashV1);
    assert.equal(sha256Of(info), volume.infohashV2);
  });

  test('is the piece layer with its proof, for a v2 peer', async () => {
    await using seeder = await seed();
    const infohash = volume.infohashV2.slice(0, 40);
    using peer = await connectPeer(seeder.port, greeting(infohash, V2));
    const { piecesRoot } = (await archive.ledger.volume(volume.name))!;
    const pieceLayer = 4;
    const layers = Math.ceil(Math.log2(Math.ceil(bytes.length / PIECE)));
    const ask = (index: number, count: number) =>
      message(21, Buffer.from(piecesRoot, 'hex'), words(pieceLayer, index, count, layers - 1));
    peer.send(ask(4, 4));
    const hashes = (await peer.wait(22))!.body.subarray(48);
    let node = merge(merge(hashes.subarray(0, 64)), merge(hashes.subarray(64, 128)));
    let index = 1;
    for (let at = 128; at < hashes.length; at += 32, index >>= 1) {
      const uncle = hashes.subarray(at, at + 32);
      node = index % 2 === 0 ? merge(node, uncle) : merge(uncle, node);
    }
    assert.equal(node.toString('hex'), piecesRoot);
    peer.send(ask(3, 4));
    assert.ok(await peer.wait(23), 'an index that is no multiple is refused');
  });

  test('follows the turns: while others wait, nobody is served for ever', async () => {
    await using seeder = await seed({ uploadSlots: 1 });
    using first = await unchoked(seeder.port);
    using second = await connectPeer(seeder.port, greeting(volume.infohashV1));
    second.send(INTERESTED, message(6, words(0, 0, BLOCK)));
    assert.ok(await second.wait(16), 'a request of who is not served is refused');
    seeder.pass(31_000);
    assert.ok(await first.wait(0), 'choked');
    assert.ok(await second.wait(1), 'unchoked');
    assert.equal((await fetchBlock(second, 0)).length, BLOCK);
  });
});

const merge = (...parts: Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

describe('who is sent away', () => {
  const cancelOf = (count: number) => Buffer.alloc(17 * count, message(8, words(0, 0, BLOCK)));
  const requests = (count: number) => Buffer.alloc(17 * count, message(6, words(0, 0, BLOCK)));
  const hello = () => greeting(volume.infohashV1);
  const rows: [string, string, () => Uint8Array][] = [
    ['garbage', 'no-handshake', () => Buffer.alloc(500, 0xa5)],
    ['a page request', 'no-handshake', () => Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['another torrent', 'unknown-torrent', () => greeting('0'.repeat(40))],
    ['a message of 4 GiB', 'oversize-message', () => Buffer.concat([hello(), words(0xffffffff)])],
    [
      'a bitfield that is too long',
      'oversize-message',
      () => Buffer.concat([hello(), message(5, Buffer.alloc(20_000))]),
    ],
    [
      'a block beyond the file',
      'outside-request',
      () => Buffer.concat([hello(), message(6, words(999, 0, BLOCK))]),
    ],
    [
      'a block over the edge of a piece',
      'outside-request',
      () => Buffer.concat([hello(), message(6, words(0, PIECE - 1, BLOCK))]),
    ],
    [
      'a block of a megabyte',
      'outside-request',
      () => Buffer.concat([hello(), message(6, words(0, 0, 2 ** 20))]),
    ],
    [
      'no length at all',
      'outside-request',
      () => Buffer.concat([hello(), message(6, words(0, 0, 0))]),
    ],
    ['half a request', 'broken-message', () => Buffer.concat([hello(), message(6, words(0))])],
    [
      'a piece nobody asked for',
      'unasked-piece',
      () => Buffer.concat([hello(), message(7, words(0, 0), Buffer.alloc(100))]),
    ],
    ['10,000 requests', 'flood', () => Buffer.concat([hello(), INTERESTED, requests(10_000)])],
    ['10,000 changes of mind', 'flood', () => Buffer.concat([hello(), cancelOf(10_000)])],
  ];
  for (const [what, reason, said] of rows)
    test(`${what}: ${reason}, and others are served meanwhile`, async () => {
      await using seeder = await seed();
      using other = await unchoked(seeder.port);
      using hostile = await connectPeer(seeder.port, said());
      hostile.socket.resume();
      await hostile.ended;
      assert.deepEqual(Object.fromEntries(seeder.counters.closed), { [reason]: 1 });
      assert.equal((await fetchBlock(other, BLOCK)).length, BLOCK);
    });

  test('who says only half a greeting, or nothing for minutes, or takes nothing', async () => {
    await using seeder = await seed();
    using slow = await connectPeer(seeder.port, greeting(volume.infohashV1).subarray(0, 30));
    slow.socket.resume();
    using quiet = await unchoked(seeder.port);
    seeder.pass(11_000);
    await slow.ended;
    assert.equal(seeder.counters.closed.get('no-handshake'), 1);
    seeder.pass(175_000);
    quiet.socket.resume();
    await quiet.ended;
    assert.equal(seeder.counters.closed.get('idle'), 1);
  });

  test('a reader that takes nothing holds a bounded queue, and is closed when it never does', async () => {
    await using seeder = await seed();
    using stuck = await connectPeer(seeder.port, greeting(volume.infohashV1));
    stuck.send(INTERESTED);
    stuck.socket.pause();
    using other = await unchoked(seeder.port);
    // As many as the queue holds, again and again, until the kernel takes no more and reading stops.
    for (let round = 0; round < 8; round += 1) {
      stuck.send(Buffer.alloc(17 * 500, message(6, words(0, 0, BLOCK))));
      await fetchBlock(other, round * BLOCK);
    }
    for (let start = 0; start < bytes.length; start += BLOCK) await fetchBlock(other, start);
    assert.ok(seeder.counters.uploadedBytes < 40 * 2 ** 20);
    other.send(message(2));
    seeder.pass(61_000);
    seeder.pass(0);
    assert.equal(seeder.counters.closed.get('stalled'), 1);
  });

  test('more connections than there may be', async () => {
    await using seeder = await seed({ maxConnections: 2 });
    using first = await unchoked(seeder.port);
    using _second = await unchoked(seeder.port);
    using third = await connectPeer(seeder.port, greeting(volume.infohashV1));
    third.socket.resume();
    await third.ended;
    assert.equal(seeder.counters.closed.get('too-many-connections'), 1);
    assert.equal((await fetchBlock(first, 0)).length, BLOCK);
  });
});

describe('doctor', () => {
  const examine = async (settings: string) => {
    const root2 = path.join(folder, 'examined');
    fs.cpSync(root, root2, { recursive: true });
    fs.appendFileSync(path.join(root2, 'fonoteca.toml'), settings);
    fs.chmodSync(path.join(root2, 'volumes'), 0o777);
    const { stdout } = await runFonoteca(['doctor', '--archive', root2]);
    fs.rmSync(root2, { recursive: true });
    return stdout;
  };

  test('is loud about volumes that everybody may write, and about a client that does not answer', async () => {
    const said = await examine('[seed]\ndriver = "transmission"\nurl = "http://127.0.0.1:1"\n');
    assert.match(said, /EVERYBODY MAY WRITE to \S+\/volumes/);
    assert.match(said, /seeder\s+SEED_UNREACHABLE/);
  });
});

describe('trackers', () => {
  test('hear of both swarms, and that it ends; others than HTTP are left out', async () => {
    const heard: string[] = [];
    const waiting = new Map<number, () => void>();
    const tracker = http.createServer((request, response) => {
      const query = request.url!.split('?')[1]!;
      const infohash = /info_hash=([^&]*)/.exec(query)![1]!.replaceAll('%', '');
      heard.push(`${/event=(\w+)/.exec(query)?.[1]} ${infohash} ${/port=(\d+)/.exec(query)![1]}`);
      response.end('d8:intervali1800e5:peers0:e');
      waiting.get(heard.length)?.();
    });
    tracker.listen(0, '127.0.0.1');
    await once(tracker, 'listening');
    const address = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce`;
    const infohashes = (await seedItems(archive)).flatMap(({ infohashV1, infohashV2 }) => [
      infohashV1,
      infohashV2.slice(0, 40),
    ]);
    const allStarted = new Promise<void>((resolve) => waiting.set(infohashes.length, resolve));
    const seeder = await seed({ trackers: [address, 'udp://127.0.0.1:1'] });
    assert.deepEqual(seeder.announcer.leftOut, ['udp://127.0.0.1:1']);
    await allStarted;
    await seeder[Symbol.asyncDispose]();
    tracker.close();
    const lines = (event: string) => infohashes.map((one) => `${event} ${one} ${seeder.port}`);
    assert.deepEqual(
      heard.slice(0, infohashes.length).sort(compareBytes),
      lines('started').sort(compareBytes),
    );
    assert.deepEqual(
      heard.slice(infohashes.length).sort(compareBytes),
      lines('stopped').sort(compareBytes),
    );
  });

  test('that fail are told of, and called again later', async () => {
    const tracker = http.createServer((_request, response) => {
      response.end('d14:failure reason7:no roome');
      answered();
    });
    let answered = () => {};
    const done = new Promise<void>((resolve) => {
      answered = resolve;
    });
    tracker.listen(0, '127.0.0.1');
    await once(tracker, 'listening');
    const address = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce`;
    const seeder = await seed({ trackers: [address] });
    await done;
    await seeder[Symbol.asyncDispose]();
    tracker.close();
    assert.equal(seeder.announcer.troubles.get(address), 'no room');
  });
});

describe('what is damaged, new or withdrawn', () => {
  const copy = path.join(folder, 'copy');
  before(() => fs.cpSync(root, copy, { recursive: true }));

  test('a damaged piece is not given, told once, and offered to nobody else', async () => {
    const file = path.join(copy, 'volumes', path.basename(volume.file));
    const at = 5 * PIECE + 100;
    flip(file, at);
    await using damagedArchive = await open(false, copy);
    await using seeder = await seed({}, damagedArchive);
    using peer = await unchoked(seeder.port);
    peer.send(message(6, words(5, 0, BLOCK)), message(6, words(5, BLOCK, BLOCK)));
    assert.deepEqual((await peer.wait(16))?.body, words(5, 0, BLOCK));
    assert.deepEqual((await peer.wait(16))?.body, words(5, BLOCK, BLOCK));
    assert.equal((await fetchBlock(peer, 4 * PIECE)).length, BLOCK);
    assert.deepEqual(
      seeder.counters.findings.map(({ code }) => code),
      ['STORE_OBJECT_DAMAGED'],
    );
    using later = await connectPeer(seeder.port, greeting(volume.infohashV1));
    const bitfield = (await later.wait(5))!.body;
    assert.equal(bitfield[0], 0b1111_1011);
    flip(file, at);
  });

  test('a new edition is followed, and peers of what it still lists stay', async () => {
    await using followed = await open(false, copy);
    await using seeder = await seed({}, followed);
    using peer = await unchoked(seeder.port);
    assert.equal(await seeder.refresh(), false);
    const before = seeder.status().length;
    await writeNoise(path.join(folder, 'more'), 10, 1);
    await publishMore(copy, path.join(folder, 'more'));
    assert.equal(await seeder.refresh(), true);
    assert.equal(seeder.edition(), 2);
    assert.equal(seeder.status().length, before + 1);
    assert.equal((await fetchBlock(peer, 0)).length, BLOCK);
  });

  test('from the word that something is withdrawn no block leaves', async () => {
    await using reading = await open(false, copy);
    await using seeder = await seed({}, reading);
    using peer = await unchoked(seeder.port);
    assert.equal((await fetchBlock(peer, 0)).length, BLOCK);
    {
      await using writing = await open(true, copy);
      const { members } = (await writing.ledger.volume(volume.name))!;
      await writing.ledger.commit([
        {
          kind: 'withdrawn',
          digest: members[0]!.digest,
          audioDigest: null,
          subject: null,
          reason: 'holder-request',
          date: '2026-11-21T10:00:00Z',
        },
      ]);
    }
    const given = seeder.counters.uploadedBytes;
    peer.send(message(6, words(0, BLOCK, BLOCK)));
    peer.socket.resume();
    await peer.ended;
    assert.equal(seeder.counters.uploadedBytes, given);
    assert.equal(seeder.counters.closed.get('superseded'), 1);
    using again = await connectPeer(seeder.port, greeting(volume.infohashV1));
    again.socket.resume();
    await again.ended;
    assert.equal(seeder.counters.closed.get('unknown-torrent'), 1);
  });
});

test('our own seeder says that --once and --status only list, and a dry run needs no such word', async () => {
  const asked = async (flag: string) => {
    const ran = await runFonoteca(['seed', '--driver', 'builtin', flag, '--archive', root]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /torrents of edition 1/);
    return /only listed: our own seeder/.test(ran.stdout + ran.stderr);
  };
  assert.deepEqual(
    [await asked('--once'), await asked('--status'), await asked('--dry-run')],
    [true, true, false],
  );
});

test('a client that no withdrawal would ask is told nothing', async () => {
  const ran = await runFonoteca([
    ...['seed', '--driver', 'transmission', '--once', '--archive', root, '--json'],
  ]);
  assert.deepEqual([ran.code, ran.events.at(-1)?.code], [2, 'SEED_DRIVER_OTHER']);
});

function flip(file: string, at: number): void {
  const whole = fs.readFileSync(file);
  whole[at]! ^= 1;
  fs.writeFileSync(file, whole);
}
