/**
 * The other engine, for an operator who wants its speed: ffmpeg, spawned for each file with pipes only.
 *
 * It reads foreign bytes in native code, so it runs in namespaces or not at all. The demuxer is pinned by our own look
 * at the bytes, and only its Opus packets are used: pages, serial and comments are written here as for the other engine.
 */
import type { Duplex } from 'node:stream';
import { type Digest, startSha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { type Isolation, namespacesOf, type ProcessLimits } from '../base/isolation.ts';
import { FOURTH_DESCRIPTOR, runProgram, type WatchLimits } from '../base/subprocess.ts';
import { fileBitrateBps, type OpusSettings } from './opus-settings.ts';
import type { SoundFormat } from './sniff.ts';
import type { ByteSource } from './worker-process.ts';

/** What ffmpeg is asked to encode. */
export interface FfmpegJob {
  readonly source: ByteSource;
  /** By our own look at its first bytes. */
  readonly format: SoundFormat;
  /** By our own inspection; null where there was none, for sources of one channel or two. */
  readonly channels: number | null;
  readonly settings: OpusSettings;
  readonly limits: WatchLimits & { readonly outputBytes: number };
  /** Sound beyond so many seconds is not read. */
  readonly mostSeconds: number;
  /** Where the decoded sound goes, a WAV file of floats; nowhere when absent. */
  readonly ear?: Duplex;
}

/** A ready engine. */
export interface FfmpegEngine {
  /** The first line of `ffmpeg -version`. */
  readonly build: string;
  /**
   * An Ogg Opus file whose packets are to be used. `AUDIO_UNDECODABLE` when ffmpeg cannot read the source,
   * `SUBPROCESS_LIMIT` beyond a limit, `FILE_CHANGED_DURING_READ` for a source of another size.
   */
  encode(job: FfmpegJob): Promise<FfmpegOpus>;
}

/** What ffmpeg made of a source. */
export interface FfmpegOpus {
  readonly ogg: Uint8Array;
  /** SHA-256 of the bytes that were read. */
  readonly sourceDigest: Digest;
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
/** ffmpeg's names of the loudspeakers of Vorbis, from three channels on. */
const LAYOUTS = ['3.0', 'quad', '5.0', '5.1', '6.1', '7.1'];

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
): Promise<FfmpegOpus> {
  const passing = startHashing(job.source);
  try {
    const ogg = await runProgram([ffmpegPath, ...ffmpegArguments(job)], passing.chunks(), {
      limits: { ...PROCESS_LIMITS, ...job.limits },
      isolation,
      ...(job.ear ? { fourth: job.ear } : {}),
    });
    return { ogg, sourceDigest: await passing.digest() };
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'SUBPROCESS_FAILED') throw error;
    throw new FonotecaError('AUDIO_UNDECODABLE', error.seen, { cause: error });
  }
}

/** The bytes of `source` hashed as they pass by; ffmpeg may stop reading before their end. */
function startHashing(source: ByteSource) {
  const hasher = startSha256();
  let isRead = false;
  async function* chunks() {
    let sent = 0;
    for await (const chunk of source.chunks()) {
      sent += chunk.length;
      hasher.update(chunk);
      yield chunk;
    }
    if (sent !== source.sizeBytes)
      throw new FonotecaError(
        'FILE_CHANGED_DURING_READ',
        `${sent} bytes where ${source.sizeBytes} were told`,
      );
    isRead = true;
  }
  return {
    chunks,
    async digest(): Promise<Digest> {
      if (isRead) return hasher.finish();
      const again = startSha256();
      for await (const chunk of source.chunks()) again.update(chunk);
      return again.finish();
    },
  };
}

function ffmpegArguments({ format, channels, settings, mostSeconds, ear }: FfmpegJob): string[] {
  const bitexact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
  const sound = ['-map', '0:a:0', '-vn', '-sn', '-dn', ...bitexact];
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-protocol_whitelist', 'pipe'],
    ...['-f', DEMUXERS[format], '-t', String(mostSeconds), '-i', 'pipe:0'],
    ...sound,
    ...channelArguments(channels),
    ...['-ar', '48000'],
    ...['-c:a', 'libopus', '-b:a', String(fileBitrateBps(channels ?? 2, settings)), '-vbr', 'on'],
    ...['-compression_level', String(settings.complexity), '-frame_duration', '20'],
    ...['-f', 'ogg', 'pipe:1'],
    ...(ear ? [...sound, '-c:a', 'pcm_f32le', '-f', 'wav', `pipe:${FOURTH_DESCRIPTOR}`] : []),
  ];
}

/** Mono and stereo as counted; of more the loudspeakers are named, and no channel is mixed into another. */
function channelArguments(channels: number | null): string[] {
  if (channels === null) return [];
  const layout = LAYOUTS[channels - 3];
  if (layout === undefined) return ['-ac', String(channels)];
  const places = Array.from({ length: channels }, (_, place) => place).join('|');
  return ['-af', `channelmap=map=${places}:channel_layout=${layout}`, '-mapping_family', '1'];
}
