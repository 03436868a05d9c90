/**
 * What each stage costs: files/s, MB/s and peak memory of the whole process, over music made on the spot.
 *
 *   node bench/stages.ts [FILES] [SECONDS]     default 60 files of 15 s (about 160 MB of WAV), a tenth of popularity 0
 *
 * The peer of `pack` in the same run is GNU tar followed by `openssl dgst -sha256` of the archive it wrote: the least
 * anyone does to bundle and fix a set of files. Prints a table and, with --json, one JSON line.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodeWav } from '../src/audio/encoders.ts';
import { seededRandom } from '../src/base/seeded-random.ts';

interface Measured {
  readonly stage: string;
  readonly seconds: number;
  readonly bytes: number;
  readonly items: number;
  readonly peakMiB: number;
}

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts');
const SAMPLE_RATE_HZ = 44_100;
const args = process.argv.slice(2).filter((argument) => argument !== '--json');
const [files = 60, seconds = 15] = args.map(Number);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-bench-'));
try {
  const bytes = await writeMusic(path.join(folder, 'music'));
  const results = await measureStages(bytes);
  const peer = measurePeer();
  print(results, peer);
} finally {
  fs.rmSync(folder, { recursive: true });
}

/** Filtered noise with a beat: as dense as music for every codec, and no two files alike. */
async function writeMusic(directory: string): Promise<number> {
  const rows = ['path,title,artist,album,number,popularity,licence,holder'];
  let bytes = 0;
  for (let index = 0; index < files; index += 1) {
    const random = seededRandom(index + 1);
    const length = SAMPLE_RATE_HZ * seconds;
    const channel = new Float32Array(length);
    for (let at = 1; at < length; at += 1) {
      const beat = Math.exp(-((at % 11_025) / 4000));
      channel[at] = 0.9 * channel[at - 1]! + 0.04 * beat * (random.below(2001) / 1000 - 1);
    }
    const file = await encodeWav({
      sampleRateHz: SAMPLE_RATE_HZ,
      channels: [channel, channel.toReversed()],
    });
    const album = `Album ${Math.floor(index / 12)}`;
    const name = `${album}/${String((index % 12) + 1).padStart(2, '0')}.wav`;
    fs.mkdirSync(path.join(directory, album), { recursive: true });
    fs.writeFileSync(path.join(directory, name), file);
    rows.push(
      `${name},Track ${index},Bench,${album},${(index % 12) + 1},${index % 10 === 0 ? 0 : 50},CC0-1.0,Bench`,
    );
    bytes += file.length;
  }
  fs.writeFileSync(path.join(directory, 'tracks.csv'), `${rows.join('\n')}\n`);
  return bytes;
}

async function measureStages(bytes: number): Promise<Measured[]> {
  const archive = path.join(folder, 'archive');
  await run('init', ['init', archive], 0, 0);
  const at = ['--archive', archive, '--quiet'];
  const tail = Math.ceil(files / 10);
  return [
    await run('add', ['add', path.join(folder, 'music'), ...at], bytes, files),
    await run('add, nothing new', ['add', path.join(folder, 'music'), ...at], 0, files),
    await run('plan', ['plan', ...at], 0, files),
    await run('encode', ['encode', ...at], (bytes * tail) / files, tail),
    await run('pack', ['pack', ...at], volumeBytes(archive, false), files),
    await run('publish', ['publish', ...at], volumeBytes(archive, true), files),
    await run('verify', ['verify', archive, '--quiet'], volumeBytes(archive, true), files),
    await run('get all', ['get', 'all', '--out', path.join(folder, 'out'), ...at], bytes, files),
  ];
}

/** Loose originals that will be packed are what `pack` reads; before it there are no volumes. */
function volumeBytes(archive: string, isPacked: boolean): number {
  const sizes = (directory: string): number =>
    fs
      .readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && (!isPacked || entry.name.endsWith('.tar')))
      .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
  return sizes(path.join(archive, isPacked ? 'volumes' : 'objects'));
}

function run(
  stage: string,
  argv: readonly string[],
  bytes: number,
  items: number,
): Promise<Measured> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [MAIN, ...argv], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMiB = 0;
  const watch = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(child.pid!));
  }, 20);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) reject(new Error(`${stage} ended with ${code}`));
      else resolve({ stage, seconds: (performance.now() - startMs) / 1000, bytes, items, peakMiB });
    });
  });
}

/** The largest resident size of the process so far, by /proc. */
function peakOf(pid: number): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line ? Number(line[1]) / 1024 : 0;
  } catch {
    return 0;
  }
}

function measurePeer(): Measured {
  const tar = path.join(folder, 'peer.tar');
  const startMs = performance.now();
  spawnSync('tar', ['-cf', tar, '-C', path.join(folder, 'music'), '.']);
  spawnSync('openssl', ['dgst', '-sha256', tar]);
  return {
    stage: 'peer: tar + openssl',
    seconds: (performance.now() - startMs) / 1000,
    bytes: fs.statSync(tar).size,
    items: files,
    peakMiB: 0,
  };
}

function print(results: readonly Measured[], peer: Measured): void {
  const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ machine, files, seconds, results, peer })}\n`);
    return;
  }
  process.stdout.write(`${files} WAV files of ${seconds} s; ${machine}\n`);
  for (const { stage, seconds: taken, bytes, items, peakMiB } of [...results, peer]) {
    const rate = bytes > 0 ? `${(bytes / 1e6 / taken).toFixed(1)} MB/s` : '';
    process.stdout.write(
      `${stage.padEnd(20)} ${taken.toFixed(2).padStart(7)} s ${(items / taken).toFixed(0).padStart(6)} files/s ${rate.padStart(12)} ${peakMiB > 0 ? `${peakMiB.toFixed(0)} MiB` : ''}\n`,
    );
  }
  const pack = results.find(({ stage }) => stage === 'pack')!;
  process.stdout.write(
    `pack against tar + openssl, by rate: ${(pack.bytes / pack.seconds / (peer.bytes / peer.seconds)).toFixed(2)}x\n`,
  );
}
