/**
 * One song out of the middle of a volume by BitTorrent, and a whole volume, from our own seeder.
 *
 *   node bench/seeding.ts [MB] [RUNS]     default 600 5
 *
 * The seeder is a process of its own, on loopback, the page cache warm. The bare peer asks for the head, the index and the
 * blocks under one song, all at once; libtorrent (python3-libtorrent) fetches the whole volume and checks it.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BarePeer, connectPeer, greeting, message, words } from '../test/support/bare-peer.ts';
import { type PublishedVolume, publishedVolumes, sha256Of } from '../test/support/published.ts';
import { startSeed } from '../test/support/start-seed.ts';
import { LIBTORRENT_SESSION } from '../test/support/torrent-clients.ts';
import { publishedArchive, writeSet } from './volume-ground.ts';

const BLOCK = 16 * 1024;
const PYTHON = '/usr/bin/python3';
const WHOLE = `${LIBTORRENT_SESSION}
start = time.monotonic()
handle = session.add_torrent(params_of(sys.argv[1], sys.argv[2]))
handle.connect_peer(("127.0.0.1", int(sys.argv[3])))
wait_for(lambda: handle.status().is_seeding, 120)
print(time.monotonic() - start if handle.status().is_seeding else -1)
`;

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-seeding-'));
try {
  await measure(Number(process.argv[2] ?? 600), Number(process.argv[3] ?? 5));
} finally {
  fs.rmSync(root, { recursive: true });
}

async function measure(megabytes: number, runs: number): Promise<void> {
  const tracks = writeSet(root, 'tracks', {
    totalBytes: megabytes * 1e6,
    smallest: 2e6,
    largest: 6e6,
  });
  const archive = path.join(root, 'archive');
  await publishedArchive(archive, tracks.store);
  const volume = publishedVolumes(archive)[0]!;
  await using seeding = await startSeed(archive);
  const songs: { ms: number; bytes: number }[] = [];
  const wholes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    songs.push(await oneSong(volume, seeding.port, run));
    const out = fs.mkdtempSync(path.join(root, 'out-'));
    const args = ['-c', WHOLE, path.join(archive, 'volumes', `${volume.name}.torrent`), out];
    wholes.push(
      Number(execFileSync(PYTHON, [...args, String(seeding.port)], { encoding: 'utf8' })),
    );
    fs.rmSync(out, { recursive: true });
  }
  const { ms, bytes } = songs.toSorted((a, b) => a.ms - b.ms)[Math.floor(runs / 2)]!;
  const seconds = wholes.toSorted((a, b) => a - b)[Math.floor(runs / 2)]!;
  say(`volume ${volume.sizeBytes} bytes, median of ${runs}`);
  say(
    `one song of ${bytes} bytes by a bare peer: ${ms.toFixed(1)} ms from the connection to its last byte`,
  );
  say(
    `whole volume by libtorrent: ${seconds.toFixed(2)} s, ${(volume.sizeBytes / 1e6 / seconds).toFixed(0)} MB/s`,
  );
}

/** Index, place, blocks: as a client does that knows the torrent alone. */
async function oneSong(volume: PublishedVolume, port: number, run: number) {
  const startMs = performance.now();
  using peer = await connectPeer(port, greeting(volume.infohashV1));
  peer.send(message(2));
  await peer.wait(1);
  const head = await fetchRange(peer, volume, 0, BLOCK);
  const size = Number.parseInt(head.toString('latin1', 15_872 + 124, 15_872 + 135), 8);
  const index = await fetchRange(peer, volume, BLOCK, BLOCK + size);
  const lines = index.toString('utf8').trimEnd().split('\n');
  const line = lines[Math.floor(lines.length / 2) + run]!;
  const song = JSON.parse(line) as { offset: number; length: number; digest: string };
  const base = Math.ceil((BLOCK + Math.ceil(size / 512) * 512) / BLOCK) * BLOCK;
  const begin = base + song.offset;
  const bytes = await fetchRange(peer, volume, begin, begin + song.length);
  const ms = performance.now() - startMs;
  if (sha256Of(bytes) !== song.digest) throw new Error('another song came');
  return { ms, bytes: bytes.length };
}

/** The bytes from `start` to `end`, whole blocks asked for all at once, at most as many as the seeder holds. */
async function fetchRange(peer: BarePeer, volume: PublishedVolume, start: number, end: number) {
  const { pieceLengthBytes } = volume as PublishedVolume & { pieceLengthBytes: number };
  const first = Math.floor(start / BLOCK) * BLOCK;
  const parts: Buffer[] = [];
  for (let at = first; at < end; at += BLOCK) {
    const length = Math.min(BLOCK, volume.sizeBytes - at);
    const piece = Math.floor(at / pieceLengthBytes);
    peer.send(message(6, words(piece, at % pieceLengthBytes, length)));
  }
  for (let at = first; at < end; at += BLOCK) parts.push((await peer.wait(7))!.body.subarray(8));
  return Buffer.concat(parts).subarray(start - first, end - first);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
