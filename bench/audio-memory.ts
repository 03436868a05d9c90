/**
 * What a sandboxed worker has resident at most, by the file it is given: long sounds, many channels, large pictures and
 * large tags.
 *
 *   node bench/audio-memory.ts FILE…        sounds are measured in full, pictures made small
 *
 * Each file gets a worker of its own. Needs /proc.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type AudioDoor, openAudioDoor } from '../src/audio/door.ts';

const PICTURES = /\.(png|jpe?g|webp)$/;
const CHUNK_BYTES = 256 * 1024;
const PICTURE_SIDE_PX = 600;

for (const file of process.argv.slice(2)) {
  await using door = await openAudioDoor({ workers: 1 });
  const started = process.resourceUsage().userCPUTime;
  const said = PICTURES.test(file) ? await shrink(door, file) : await listen(door, file);
  const seconds = (process.resourceUsage().userCPUTime - started) / 1e6;
  const peakMiB = Math.max(...childrenOf(process.pid).map(peakOf));
  const name = path.basename(file).padEnd(24);
  process.stdout.write(
    `${name} ${String(peakMiB).padStart(5)} MiB  ${said} (main process ${seconds.toFixed(1)} s)\n`,
  );
}

function* stretch(file: string, start: number, end: number): Generator<Uint8Array> {
  const handle = fs.openSync(file, 'r');
  try {
    for (let at = start; at < end; at += CHUNK_BYTES) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - at));
      fs.readSync(handle, chunk, 0, chunk.length, at);
      yield chunk;
    }
  } finally {
    fs.closeSync(handle);
  }
}

async function listen(door: AudioDoor, file: string): Promise<string> {
  const sizeBytes = fs.statSync(file).size;
  const source = { sizeBytes, chunks: () => stretch(file, 0, sizeBytes) };
  const seen = await door.inspect(source, { subject: file, measure: true });
  if (!seen.ok) return `${seen.finding.code} ${seen.finding.seen}`;
  const { measurement, unmeasured, art, reading } = seen.value;
  const artBytes = art.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const of = `${reading.verdict.state}, ${art.length} pictures of ${artBytes} bytes`;
  if (!measurement) return `${of}, ${unmeasured?.code}`;
  const { samples, sampleRateHz, channels } = measurement;
  return `${of}, ${(samples / sampleRateHz).toFixed(0)} s of ${channels} channels at ${sampleRateHz} Hz`;
}

async function shrink(door: AudioDoor, file: string): Promise<string> {
  const picture = {
    sizeBytes: fs.statSync(file).size,
    embedded: null,
    async *read(start: number, end: number) {
      yield* stretch(file, start, end);
    },
  };
  const made = await door.picture(picture, {
    subject: file,
    sidePx: PICTURE_SIDE_PX,
  });
  if (!made.ok) return `${made.finding.code} ${made.finding.seen}`;
  return `${made.value.widthPx}×${made.value.heightPx} pixels`;
}

/** Every process below `pid` (proc(5): the fourth field of stat is the parent). */
function childrenOf(pid: number): number[] {
  const children = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [child, ...childrenOf(child)]);
}

function parentOf(name: string): number {
  try {
    const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

function peakOf(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
