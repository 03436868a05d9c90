/**
 * Memory while a large volume is packed, and the first byte of a song in its middle by local HTTP, from the site as it
 * is served. Input: a folder to work in and a size.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parseVolumeHead } from '../src/formats/volume-head.ts';
import { publishedArchive, writeSet } from './volume-ground.ts';
import { timed } from './volume-peers.ts';

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts');
const RUN = path.resolve(import.meta.dirname, 'volume-run.ts');
const ASKED = 40;

/** Packs and publishes a volume of `gigabytes`, then asks for songs of it; prints what it saw. */
export async function measureLarge(
  root: string,
  gigabytes: number,
  isJson: boolean,
): Promise<void> {
  const totalBytes = gigabytes * 1e9;
  const { store, folder } = writeSet(root, 'tracks', { totalBytes, smallest: 2e6, largest: 6e6 });
  fs.rmSync(folder, { recursive: true });
  const cores = os.availableParallelism();
  const pack = timed([process.execPath, RUN, 'pack', store, `${cores}`], { oneCore: false });
  const archive = path.join(root, 'archive');
  fs.rmSync(path.join(store, 'volumes'), { recursive: true });
  await publishedArchive(archive, store);
  const server = await serve(archive);
  try {
    const cold: number[] = [];
    const warm: number[] = [];
    const [volume] = fs
      .readdirSync(path.join(archive, 'volumes'))
      .filter((file) => file.endsWith('.tar'));
    const songs = songsOf(path.join(archive, 'volumes', volume!));
    for (let at = 0; at < ASKED; at += 1) {
      const song = songs[Math.floor((songs.length * (at + 0.5)) / ASKED)]!;
      const ms = await firstByte(`${server.address}/stream/${song.digest}`, song.sizeBytes >> 1);
      (at === 0 ? cold : warm).push(ms);
    }
    const inTar = await firstByte(
      `${server.address}/volumes/${volume}`,
      songs[songs.length >> 1]!.positionBytes,
    );
    const result = {
      gigabytes,
      packPeakMiB: pack.peakMiB,
      packSeconds: pack.seconds,
      firstMs: cold[0],
      laterMs: warm,
      rangeMs: inTar,
    };
    process.stdout.write(isJson ? `${JSON.stringify(result)}\n` : `${text(result)}\n`);
  } finally {
    server.stop();
  }
}

function text(result: {
  gigabytes: number;
  packPeakMiB: number;
  packSeconds: number;
  firstMs: number | undefined;
  laterMs: number[];
  rangeMs: number;
}): string {
  const later = [...result.laterMs].sort((a, b) => a - b);
  return [
    `packing a volume of ${result.gigabytes} GB: ${result.packPeakMiB.toFixed(0)} MiB at most, ${result.packSeconds.toFixed(1)} s`,
    `first byte of the middle of a song, by HTTP: ${result.firstMs?.toFixed(1)} ms for the first ever asked, then median ${later[later.length >> 1]?.toFixed(1)}, most ${later.at(-1)?.toFixed(1)} ms`,
    `first byte of a range in the middle of the tar: ${result.rangeMs.toFixed(1)} ms`,
  ].join('\n');
}

function songsOf(tar: string): { digest: string; sizeBytes: number; positionBytes: number }[] {
  const descriptor = fs.openSync(tar, 'r');
  const head = parseVolumeHead((position, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, length, position));
  });
  fs.closeSync(descriptor);
  return head.entries.map(({ line, positionBytes }) => ({
    digest: line.digest,
    sizeBytes: line.length,
    positionBytes,
  }));
}

/** The site of `archive` on a port of its own, once it answers. */
function serve(archive: string): Promise<{ address: string; stop: () => void }> {
  const child = spawn(
    process.execPath,
    [MAIN, 'serve', '--archive', archive, '--port', '0', '--no-input'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    let seen = '';
    child.on('exit', () => reject(new Error(`the server ended: ${seen}`)));
    child.stdout.on('data', (chunk) => {
      seen += chunk;
      const address = /http:\/\/[\w.[\]:]+:\d+/.exec(seen)?.[0];
      if (address) resolve({ address, stop: () => child.kill() });
    });
  });
}

/** Milliseconds from the request to the first byte of the body. */
function firstByte(address: string, from = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const request = http.get(
      address,
      { headers: { range: `bytes=${from}-${from + 65_535}` } },
      (answer) => {
        if (answer.statusCode !== 206)
          reject(new Error(`${address} answered ${answer.statusCode}`));
        answer.once('data', () => {
          resolve(performance.now() - startMs);
          answer.resume();
        });
      },
    );
    request.on('error', reject);
  });
}
