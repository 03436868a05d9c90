/**
 * What re-encoding costs against ffmpeg, in CPU seconds of all processes, workers and helpers included; and what a second
 * worker gives.
 *
 *   node bench/audio.ts [--json] [FILE…]              default: the Ogg Vorbis files of the music beside the clone, four times
 *   node bench/audio.ts --workers [--json] [FILE…]    for a machine that does nothing else: it measures wall time
 *
 * The peer is one `ffmpeg` command a file that encodes to Opus at 75 kbit/s and runs `ebur128=peak=true` on a side branch.
 * Ours does, a file: verification (every page, frame and checksum), loudness with range and true peak, the waveform, the
 * derivative, and its verification; in one pass, or in the two steps of `fonoteca add` and `encode`, which decode twice.
 * Rounds alternate, so that a busy machine weighs on all alike; the least of a method's rounds counts.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type AudioDoor, openAudioDoor } from '../src/audio/door.ts';
import { mapBounded } from '../src/base/bounded-queue.ts';
import { findProgram } from '../src/base/isolation.ts';
import { startAudioReader } from '../src/formats/audio-reader.ts';

const ROUNDS = 2;
/** The default files are few and short: so often they are a day's work more than the start of a program. */
const TIMES = 4;
const CLOCK_TICKS_PER_SECOND = 100;
const SELF = import.meta.filename;
const MUSIC = path.resolve(import.meta.dirname, '../../shared/data/audio/music');
/** What each method is called when this file runs itself. */
const METHODS = [
  'peer',
  'ffmpeg, one pass',
  'wasm, one pass',
  'ffmpeg, two steps',
  'wasm, two steps',
  'ffmpeg, all measures',
  'wasm, all measures',
] as const;
type Method = (typeof METHODS)[number];
/** Those whose throughput with one worker and two is told. With one pass of ffmpeg a file keeps two processes busy. */
const SCALED: readonly Method[] = ['wasm, one pass', 'ffmpeg, two steps', 'ffmpeg, one pass'];

interface Cost {
  readonly cpuSeconds: number;
  /** The most that one process below this one had resident. */
  readonly peakMiB: number;
  readonly soundSeconds: number;
}

interface Throughput {
  readonly soundSeconds: number;
  readonly wallSeconds: number;
  readonly mainCpuSeconds: number;
}

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const args = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (flags.has('--run')) await runMethod(args[0] as Method, args.slice(1));
else if (flags.has('--scale')) await runScaled(args[0] as Method, Number(args[1]), args.slice(2));
else if (flags.has('--workers')) scale(args.length > 0 ? args : defaultFiles());
else compare(args.length > 0 ? args : defaultFiles());

function defaultFiles(): string[] {
  const files = fs
    .readdirSync(MUSIC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ogg'))
    .map((name) => path.join(MUSIC, name))
    .filter((file) => fs.statSync(file).size > 100_000)
    .sort();
  return Array.from({ length: TIMES }, () => files).flat();
}

function compare(files: readonly string[]): void {
  const best = new Map<Method, Cost>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const method of METHODS) {
      const cost = measured(method, files);
      const known = best.get(method);
      if (!known || cost.cpuSeconds < known.cpuSeconds) best.set(method, cost);
    }
  print(files.length, best);
}

/** The cost of one run in a process of its own. */
function measured(method: Method, files: readonly string[]): Cost {
  return runSelf('--run', method, ...files) as Cost;
}

function runSelf(...words: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SELF, ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words[1]}: ${stderr}`);
  return JSON.parse(stdout);
}

async function runMethod(method: Method, files: readonly string[]): Promise<void> {
  const cost = method === 'peer' ? runPeer(files) : await runOurs(method, files);
  process.stdout.write(JSON.stringify(cost));
}

/** What the process and its living descendants took, and all they waited for (proc(5): /proc/PID/stat and status). */
function costSoFar(): Omit<Cost, 'soundSeconds'> {
  const processes = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const family = new Set([process.pid]);
  // A parent may stand behind its child in the list.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const ours = processes.filter(({ pid }) => family.has(pid));
  return {
    cpuSeconds: ours.reduce((sum, { ticks }) => sum + ticks, 0) / CLOCK_TICKS_PER_SECOND,
    peakMiB: Math.max(0, ...ours.filter(({ pid }) => pid !== process.pid).map(peakOf)),
  };
}

function peakOf({ pid }: { readonly pid: number }): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

function statOf(name: string): { pid: number; parent: number; ticks: number }[] {
  try {
    const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
  } catch {
    // It ended meanwhile; whoever waited for it has its time.
    return [];
  }
}

function runPeer(files: readonly string[]): Cost {
  for (const file of files) {
    const { status, stderr } = spawnSync(findProgram('ffmpeg')!, [
      ...['-nostdin', '-v', 'error', '-i', file, '-filter_complex'],
      '[0:a]asplit=2[a][b];[b]ebur128=peak=true:framelog=verbose[c]',
      ...['-map', '[a]', '-c:a', 'libopus', '-b:a', '75k', '-f', 'ogg', '-y', '/dev/null'],
      ...['-map', '[c]', '-f', 'null', '-'],
    ]);
    if (status !== 0) throw new Error(stderr.toString());
  }
  return { ...costSoFar(), soundSeconds: 0 };
}

async function runOurs(method: Method, files: readonly string[]): Promise<Cost> {
  await using door = await openDoor(method, 1);
  let soundSeconds = 0;
  // Two in hand, so that the one worker has no pause.
  for await (const seconds of mapBounded(files, { concurrency: 2, ordered: true }, (file) =>
    derive(door, method, file),
  ))
    soundSeconds += seconds;
  // While the workers live: their time is nobody's once they are killed.
  return { ...costSoFar(), soundSeconds };
}

function openDoor(method: Method, workers: number): Promise<AudioDoor> {
  const engine = method.startsWith('ffmpeg') ? 'ffmpeg' : 'wasm';
  return openAudioDoor({ workers, engine, ffmpegPath: findProgram('ffmpeg') ?? '' });
}

/** Does all that is compared for one file; the seconds that it sounds. */
async function derive(door: AudioDoor, method: Method, file: string): Promise<number> {
  const bytes = fs.readFileSync(file);
  const source = { sizeBytes: bytes.length, chunks: () => [bytes] };
  const subject = path.basename(file);
  const known = method.endsWith('one pass') ? undefined : await inspected(door, method, file);
  const made = await door.encodeOpus(source, { subject, tags: [], known });
  if (!made.ok) throw new Error(`${file}: ${made.finding.seen}`);
  const heard = known ?? made.value.inspected!.measurement;
  const reader = startAudioReader();
  reader.push(made.value.bytes);
  if (reader.finish().verdict.state !== 'intact') throw new Error(`${file} came out broken`);
  return heard.samples! / heard.sampleRateHz;
}

async function inspected(door: AudioDoor, method: Method, file: string) {
  const bytes = fs.readFileSync(file);
  const source = { sizeBytes: bytes.length, chunks: () => [bytes] };
  const measure = method.endsWith('all measures') ? true : 'levels';
  const seen = await door.inspect(source, { subject: path.basename(file), measure });
  if (!seen.ok || !seen.value.measurement) throw new Error(`${file} cannot be measured`);
  const { measurement, reading } = seen.value;
  return {
    ...measurement,
    samples: reading.samples ?? measurement.samples,
    integratedLufs: measurement.loudness.integratedLufs,
  };
}

/** As much at once as there are workers, the longest files first; the clock runs once each worker has done a file. */
async function runScaled(method: Method, workers: number, files: readonly string[]): Promise<void> {
  await using door = await openDoor(method, workers);
  const longestFirst = files.toSorted((a, b) => fs.statSync(b).size - fs.statSync(a).size);
  const shortest = longestFirst.at(-1)!;
  await Promise.all(Array.from({ length: workers }, () => derive(door, method, shortest)));
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  let soundSeconds = 0;
  for await (const seconds of mapBounded(longestFirst, { concurrency: workers }, (file) =>
    derive(door, method, file),
  ))
    soundSeconds += seconds;
  const { user, system } = process.cpuUsage(before);
  const result: Throughput = {
    soundSeconds,
    wallSeconds: Number(process.hrtime.bigint() - start) / 1e9,
    mainCpuSeconds: (user + system) / 1e6,
  };
  process.stdout.write(JSON.stringify(result));
}

function scale(files: readonly string[]): void {
  const best = new Map<string, Throughput>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const method of SCALED)
      for (const workers of ['1', '2']) {
        const key = `${method} ${workers}`;
        const seen = runSelf('--scale', method, workers, ...files) as Throughput;
        const known = best.get(key);
        if (!known || seen.wallSeconds < known.wallSeconds) best.set(key, seen);
      }
  const rows = SCALED.map((method) => {
    const [one, two] = ['1', '2'].map((workers) => best.get(`${method} ${workers}`)!);
    const speed = ({ soundSeconds, wallSeconds }: Throughput) => soundSeconds / wallSeconds;
    return {
      method,
      timesRealTime: [speed(one!), speed(two!)],
      ratio: speed(two!) / speed(one!),
      mainShare: two!.mainCpuSeconds / two!.wallSeconds,
    };
  });
  if (flags.has('--json')) {
    process.stdout.write(`${JSON.stringify({ machine: machine(), files: files.length, rows })}\n`);
    return;
  }
  process.stdout.write(
    `${files.length} files; ${machine()}; load ${os.loadavg()[0]!.toFixed(1)}\n`,
  );
  for (const { method, timesRealTime, ratio, mainShare } of rows)
    process.stdout.write(
      `${method.padEnd(22)} ${timesRealTime.map((speed) => `${speed.toFixed(0)}x`.padStart(6)).join(' with one worker, ')} with two: ${ratio.toFixed(2)}; the main process ${(100 * mainShare).toFixed(0)} % of a core\n`,
    );
}

function machine(): string {
  return `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
}

function print(files: number, best: ReadonlyMap<Method, Cost>): void {
  const sound = best.get('wasm, one pass')!.soundSeconds;
  const peer = best.get('peer')!.cpuSeconds;
  const rows = [...best].map(([method, { cpuSeconds: cost, peakMiB }]) => ({
    method,
    cpuSeconds: cost,
    peakMiB,
    againstPeer: peer / cost,
    timesRealTime: sound / cost,
  }));
  if (flags.has('--json')) {
    process.stdout.write(
      `${JSON.stringify({ machine: machine(), files, soundSeconds: sound, rows })}\n`,
    );
    return;
  }
  process.stdout.write(
    `${files} files, ${sound.toFixed(0)} s of sound; ${machine()}; load ${os.loadavg()[0]!.toFixed(1)}\n`,
  );
  for (const { method, cpuSeconds: cost, againstPeer, timesRealTime, peakMiB } of rows)
    process.stdout.write(
      `${method.padEnd(22)} ${cost.toFixed(2).padStart(7)} CPU s  ${timesRealTime.toFixed(0).padStart(4)}x real time  ${againstPeer.toFixed(2)}x the peer${peakMiB > 0 ? `  ${peakMiB} MiB a worker` : ''}\n`,
    );
}
