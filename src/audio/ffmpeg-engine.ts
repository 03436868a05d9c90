/**
 * The other engine, for an operator who wants its speed: ffmpeg, spawned for each file with pipes only.
 *
 * It reads foreign bytes in native code, so it runs in namespaces or not at all. The demuxer is pinned by our own look
 * at the bytes, and only its Opus packets are used: pages, serial and comments are written here as for the other engine.
 */
import { FonotecaError } from '../base/errors.ts';
import { type Isolation, namespacesOf, type ProcessLimits } from '../base/isolation.ts';
import { runProgram, type WatchLimits } from '../base/subprocess.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { muxOpus } from '../formats/ogg-muxer.ts';
import { decodeOpusHead } from '../formats/opus-headers.ts';
import { type CommentField, decodeVorbisComment } from '../formats/vorbis-comment.ts';
import type { OpusSettings } from './opus-encode.ts';
import type { SoundFormat } from './sniff.ts';
import type { ByteSource } from './worker-process.ts';

/** What ffmpeg is asked to encode; format, channels and rate come from our own inspection. */
export interface FfmpegJob {
  readonly source: ByteSource;
  readonly format: SoundFormat;
  readonly channels: 1 | 2;
  readonly sourceSampleRateHz: number;
  readonly settings: OpusSettings;
  readonly serial: number;
  readonly comments: readonly CommentField[];
  readonly limits: WatchLimits & { readonly outputBytes: number };
}

/** A ready engine. */
export interface FfmpegEngine {
  /** The first line of `ffmpeg -version`. */
  readonly build: string;
  /** The derivative's bytes. `AUDIO_UNDECODABLE` when ffmpeg cannot read the source, `SUBPROCESS_LIMIT` beyond a limit. */
  encode(job: FfmpegJob): Promise<{ bytes: Uint8Array; samples48k: number }>;
}

const DEMUXERS: Readonly<Record<SoundFormat, string>> = {
  vorbis: 'ogg',
  opus: 'ogg',
  flac: 'flac',
  mp3: 'mp3',
  wav: 'wav',
  aiff: 'aiff',
};
const PROCESS_LIMITS: ProcessLimits = {
  dataBytes: 512 * 2 ** 20,
  cpuSeconds: 2 * 3600,
  openFiles: 64,
};
const VERSION_LIMITS = { cpuMs: 10_000, wallMs: 10_000, outputBytes: 64 * 1024 };
const PACKET_SAMPLES = 960;

/** The engine at the absolute path `ffmpegPath`. `AUDIO_ENGINE_UNSAFE` where no network namespace can be made. */
export async function startFfmpegEngine(
  ffmpegPath: string,
  isolation: Isolation,
): Promise<FfmpegEngine> {
  if (!namespacesOf(isolation).includes('net'))
    throw new FonotecaError('AUDIO_ENGINE_UNSAFE', 'no namespaces on this machine');
  const version = await runProgram([ffmpegPath, '-version'], [], {
    limits: { ...PROCESS_LIMITS, ...VERSION_LIMITS },
    isolation,
  });
  const build = Buffer.from(version).toString('utf8').split('\n')[0]!.slice(0, 200);
  return { build, encode: (job) => encodeWith(ffmpegPath, isolation, job) };
}

async function encodeWith(
  ffmpegPath: string,
  isolation: Isolation,
  job: FfmpegJob,
): Promise<{ bytes: Uint8Array; samples48k: number }> {
  let ogg: Uint8Array;
  try {
    ogg = await runProgram([ffmpegPath, ...ffmpegArguments(job)], job.source.chunks(), {
      limits: { ...PROCESS_LIMITS, ...job.limits },
      isolation,
    });
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'SUBPROCESS_FAILED') throw error;
    throw new FonotecaError('AUDIO_UNDECODABLE', error.seen, { cause: error });
  }
  return rewrapped(ogg, job);
}

function ffmpegArguments({ format, settings, channels }: FfmpegJob): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-protocol_whitelist', 'pipe'],
    ...['-f', DEMUXERS[format], '-i', 'pipe:0'],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-fflags', '+bitexact', '-flags:a', '+bitexact'],
    ...['-ar', '48000', '-ac', String(channels)],
    ...['-c:a', 'libopus', '-b:a', String(settings.bitrateBps), '-vbr', 'on'],
    ...['-compression_level', String(settings.complexity), '-frame_duration', '20'],
    ...['-f', 'ogg', 'pipe:1'],
  ];
}

/** ffmpeg's packets in our own pages. */
function rewrapped(ogg: Uint8Array, job: FfmpegJob): { bytes: Uint8Array; samples48k: number } {
  const [first, second, ...audio] = demuxOggPackets(ogg);
  const head = first && decodeOpusHead(first.bytes);
  const end = audio.at(-1)?.granule ?? 0;
  if (!head || !second || end <= head.preSkip)
    throw new FonotecaError('AUDIO_UNDECODABLE', 'ffmpeg gave no sound');
  const samples48k = Math.min(end, audio.length * PACKET_SAMPLES) - head.preSkip;
  const bytes = muxOpus({
    serial: job.serial,
    channels: job.channels,
    preSkip: head.preSkip,
    inputSampleRateHz: job.sourceSampleRateHz,
    samples48k,
    packets: audio.map((packet) => packet.bytes),
    comments: job.comments,
    vendor: decodeVorbisComment(second.bytes, 8).vendor,
  });
  return { bytes, samples48k };
}
