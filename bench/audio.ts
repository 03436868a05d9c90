/**
 * What re-encoding costs against ffmpeg, in CPU seconds of all processes, workers and helpers included.
 *
 *   node bench/audio.ts [FILE…]        default: the Ogg Vorbis files of the music beside the clone
 *
 * The peer is one `ffmpeg` command a file that encodes to Opus at 75 kbit/s and runs `ebur128=peak=true` on a side branch.
 * Ours does, a file: verification (every page, frame and checksum), loudness with range and true peak, the waveform, the
 * derivative, and its verification. Rounds alternate, so that a busy machine weighs on all alike; the least of a method's
 * rounds counts. Prints a table and, with --json, one JSON line.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openAudioDoor } from '../src/audio/door.ts';
import { mapBounded } from '../src/base/bounded-queue.ts';
import { findProgram } from '../src/base/isolation.ts';
import { startAudioReader } from '../src/formats/audio-reader.ts';

const ROUNDS = 3;
const CLOCK_TICKS_PER_SECOND = 100;
const SELF = import.meta.filename;
const MUSIC = path.resolve(import.meta.dirname, '../../shared/data/audio/music');
/** What each method is called when this file runs itself. */
const METHODS = ['peer', 'wasm', 'wasm, all measures', 'ffmpeg', 'ffmpeg, all measures'] as const;
type Method = (typeof METHODS)[number];

interface Cost {
  readonly cpuSeconds: number;
  /** The most that one process below this one had resident. */
  readonly peakMiB: number;
  readonly soundSeconds: number;
}

const args = process.argv.slice(2).filter((argument) => argument !== '--json');
if (args[0] === '--run') await runMethod(args[1] as Method, args.slice(2));
else compare(args.length > 0 ? args : defaultFiles());

function defaultFiles(): string[] {
  return fs
    .readdirSync(MUSIC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ogg'))
    .map((name) => path.join(MUSIC, name))
    .filter((file) => fs.statSync(file).size > 100_000)
    .sort();
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
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [SELF, '--run', method, ...files],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${method}: ${stderr}`);
  return JSON.parse(stdout) as Cost;
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
  const engine = method.startsWith('ffmpeg') ? 'ffmpeg' : 'wasm';
  const ffmpegPath = findProgram('ffmpeg') ?? '';
  let soundSeconds = 0;
  await using door = await openAudioDoor({ workers: 1, engine, ffmpegPath });
  const measure = method.endsWith('all measures') ? true : 'levels';
  const made = mapBounded(files, { concurrency: 2, ordered: true }, async (file) => {
    const bytes = fs.readFileSync(file);
    const source = { sizeBytes: bytes.length, chunks: () => [bytes] };
    const subject = path.basename(file);
    const seen = await door.inspect(source, { subject, measure });
    if (!seen.ok || !seen.value.measurement) throw new Error(`${file} cannot be measured`);
    const { measurement, reading } = seen.value;
    const { integratedLufs } = measurement.loudness;
    const known = { ...measurement, integratedLufs };
    const encoded = await door.encodeOpus(source, { subject, tags: [], known });
    if (!encoded.ok) throw new Error(`${file}: ${encoded.finding.seen}`);
    const reader = startAudioReader();
    reader.push(encoded.value.bytes);
    if (reader.finish().verdict.state !== 'intact') throw new Error(`${file} came out broken`);
    return (reading.durationMs ?? 0) / 1000;
  });
  for await (const seconds of made) soundSeconds += seconds;
  // While the workers live: their time is nobody's once they are killed.
  return { ...costSoFar(), soundSeconds };
}

function print(files: number, best: ReadonlyMap<Method, Cost>): void {
  const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const sound = best.get('wasm')!.soundSeconds;
  const peer = best.get('peer')!.cpuSeconds;
  const rows = [...best].map(([method, { cpuSeconds: cost, peakMiB }]) => ({
    method,
    cpuSeconds: cost,
    peakMiB,
    againstPeer: peer / cost,
    timesRealTime: sound / cost,
  }));
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ machine, files, soundSeconds: sound, rows })}\n`);
    return;
  }
  process.stdout.write(`${files} files, ${sound.toFixed(0)} s of sound; ${machine}\n`);
  for (const { method, cpuSeconds: cost, againstPeer, timesRealTime, peakMiB } of rows)
    process.stdout.write(
      `${method.padEnd(22)} ${cost.toFixed(2).padStart(7)} CPU s  ${timesRealTime.toFixed(0).padStart(4)}x real time  ${againstPeer.toFixed(2)}x the peer${peakMiB > 0 ? `  ${peakMiB} MiB a worker` : ''}\n`,
    );
}
