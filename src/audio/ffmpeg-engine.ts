/**
 * The other engine, for an operator who wants its speed: ffmpeg, spawned for each file with pipes only.
 *
 * It reads foreign bytes in native code, so it runs in namespaces or not at all. The demuxer is pinned by our own look
 * at the bytes, and only its Opus packets are used: pages, serial and comments are written here as for the other engine.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { type Isolation, namespacesOf, type ProcessLimits } from '../base/isolation.ts';
import { runProgram, type WatchLimits } from '../base/subprocess.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { muxOpus } from '../formats/ogg-muxer.ts';
import { decodeOpusHead } from '../formats/opus-headers.ts';
import { type CommentField, decodeVorbisComment } from '../formats/vorbis-comment.ts';
import { type KnownSound, serialOf } from './derivative.ts';
import { fileBitrateBps, type OpusSettings } from './opus-settings.ts';
import type { SoundFormat } from './sniff.ts';
import type { ByteSource } from './worker-process.ts';

/** What ffmpeg is asked to encode; what the sound is comes from our own inspection. */
export interface FfmpegJob {
  readonly source: ByteSource;
  readonly sound: Pick<KnownSound, 'format' | 'channels' | 'sampleRateHz'>;
  readonly settings: OpusSettings;
  readonly comments: readonly CommentField[];
  readonly limits: WatchLimits & { readonly outputBytes: number };
}

/** A ready engine. */
export interface FfmpegEngine {
  /** The first line of `ffmpeg -version`. */
  readonly build: string;
  /**
   * The derivative's bytes, numbered by the digest of the source. `AUDIO_UNDECODABLE` when ffmpeg cannot read the
   * source, `SUBPROCESS_LIMIT` beyond a limit, `FILE_CHANGED_DURING_READ` for a source of another size.
   */
  encode(job: FfmpegJob): Promise<FfmpegOpus>;
}

/** What ffmpeg made of a source. */
export interface FfmpegOpus {
  readonly bytes: Uint8Array;
  readonly samples48k: number;
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
const PACKET_SAMPLES = 960;
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
  let ogg: Uint8Array;
  try {
    ogg = await runProgram([ffmpegPath, ...ffmpegArguments(job)], passing.chunks(), {
      limits: { ...PROCESS_LIMITS, ...job.limits },
      isolation,
    });
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'SUBPROCESS_FAILED') throw error;
    throw new FonotecaError('AUDIO_UNDECODABLE', error.seen, { cause: error });
  }
  const sourceDigest = await passing.digest();
  return { ...rewrapped(ogg, job, sourceDigest), sourceDigest };
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

function ffmpegArguments({ sound: { format, channels }, settings }: FfmpegJob): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-protocol_whitelist', 'pipe'],
    ...['-f', DEMUXERS[format], '-i', 'pipe:0'],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-fflags', '+bitexact', '-flags:a', '+bitexact'],
    ...channelArguments(channels),
    ...['-ar', '48000'],
    ...['-c:a', 'libopus', '-b:a', String(fileBitrateBps(channels, settings)), '-vbr', 'on'],
    ...['-compression_level', String(settings.complexity), '-frame_duration', '20'],
    ...['-f', 'ogg', 'pipe:1'],
  ];
}

/** Mono and stereo as counted; of more the loudspeakers are named, and no channel is mixed into another. */
function channelArguments(channels: number): string[] {
  const layout = LAYOUTS[channels - 3];
  if (layout === undefined) return ['-ac', String(channels)];
  const places = Array.from({ length: channels }, (_, place) => place).join('|');
  return ['-af', `channelmap=map=${places}:channel_layout=${layout}`, '-mapping_family', '1'];
}

/** ffmpeg's packets in our own pages. */
function rewrapped(
  ogg: Uint8Array,
  job: FfmpegJob,
  sourceDigest: Digest,
): { bytes: Uint8Array; samples48k: number } {
  const [first, second, ...audio] = demuxOggPackets(ogg);
  const head = first && decodeOpusHead(first.bytes);
  const end = audio.at(-1)?.granule ?? 0;
  if (!head || !second || end <= head.preSkip)
    throw new FonotecaError('AUDIO_UNDECODABLE', 'ffmpeg gave no sound');
  const samples48k = Math.min(end, audio.length * PACKET_SAMPLES) - head.preSkip;
  const bytes = muxOpus({
    serial: serialOf(sourceDigest),
    channels: job.sound.channels,
    preSkip: head.preSkip,
    inputSampleRateHz: job.sound.sampleRateHz,
    samples48k,
    packets: audio.map((packet) => packet.bytes),
    comments: job.comments,
    vendor: decodeVorbisComment(second.bytes, 8).vendor,
  });
  return { bytes, samples48k };
}
