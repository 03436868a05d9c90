/**
 * A file's bytes into sound, as they arrive: one decoder, in a WASM instance of its own, for each file.
 *
 * The sniffed format chooses the decoder; nothing else is tried. What a decoder passes over is counted, not hidden:
 * whether a file is whole is told by `src/formats`, never by a decoder.
 */
import { FonotecaError } from '../base/errors.ts';
import type { ChannelOrder } from './channel-layout.ts';
import { startAiffDecoding } from './decode-aiff.ts';
import { startFlacDecoding } from './decode-flac.ts';
import { startWavDecoding } from './decode-wav.ts';
import { startOpusLength } from './opus-length.ts';
import { startPlainOpus } from './opus-plain.ts';
import { isMonoMp3, leadingTagBytes, SNIFF_BYTES, type SoundFormat, sniffSound } from './sniff.ts';

/** Some sound: one array a channel, all of one length. */
export interface SoundBlock {
  readonly rateHz: number;
  readonly channels: readonly Float32Array[];
}

/** A file being decoded. */
export interface Decoding extends Disposable {
  /** What the file is; null until enough of it came. */
  readonly format: SoundFormat | null;
  /** Faults the decoder passed over so far. */
  readonly faults: number;
  /** What the order of the channels means. */
  readonly order: ChannelOrder;
  /** The sound that is complete with `chunk`. */
  push(chunk: Uint8Array): Promise<SoundBlock[]>;
  /** The rest of the sound. */
  finish(): Promise<SoundBlock[]>;
}

/** A decoder for one format: `decode` takes bytes in order, `flush` ends. */
interface FormatDecoder {
  decode(chunk: Uint8Array): Promise<DecodedPart[]>;
  flush(): Promise<DecodedPart[]>;
  free(): void;
  /** For a format that states it. */
  order?(): ChannelOrder;
}

interface DecodedPart extends SoundBlock {
  readonly faults: number;
}

/** Decoders allocate by what they are given at once. */
const STEP_BYTES = 64 * 1024;
/** What silence of this size unfolds to has to fit into memory: minutes of stereo, in the worst of pages and frames. */
const SOUND_STEP_BYTES = 8 * 1024;

/**
 * The parts in which `chunk` is to be pushed, each when the one before was used up. Comments of Vorbis, pictures among them,
 * come before its sound and cost its decoder the more the smaller the parts are.
 */
export function* decodingSteps(
  decoding: Decoding,
  chunk: Uint8Array,
  hasSounded: () => boolean,
): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; ) {
    const isHeader = decoding.format === 'vorbis' && !hasSounded();
    const end = at + (isHeader ? STEP_BYTES : SOUND_STEP_BYTES);
    yield chunk.subarray(at, end);
    at = end;
  }
}
/** AIFF has an order of its own for four and six channels, which few writers keep to. */
const ORDERS: Readonly<Record<SoundFormat, ChannelOrder>> = {
  vorbis: 'vorbis',
  opus: 'vorbis',
  flac: 'wave',
  mp3: 'wave',
  wav: 'wave',
  aiff: 'unknown',
};

/** A decoder that finds out by itself what it is given. `AUDIO_FORMAT_UNSUPPORTED` when that is none of ours. */
export function startDecoding(): Decoding {
  let head = new Uint8Array(0);
  let toSkip: number | null = null;
  let format: SoundFormat | null = null;
  let decoder: FormatDecoder | undefined;
  let faults = 0;

  const taken = (parts: readonly DecodedPart[]): SoundBlock[] => {
    for (const part of parts) faults += part.faults;
    return parts.filter(({ channels }) => (channels[0]?.length ?? 0) > 0);
  };
  const decode = async (bytes: Uint8Array): Promise<SoundBlock[]> => {
    const blocks: SoundBlock[] = [];
    for (let at = 0; at < bytes.length; at += STEP_BYTES)
      blocks.push(...taken(await decoder!.decode(bytes.subarray(at, at + STEP_BYTES))));
    return blocks;
  };
  /** Passes tags in front and tells the format; null while bytes are missing. */
  const begin = async (chunk: Uint8Array, isEnd: boolean): Promise<Uint8Array | null> => {
    head = joined(head, chunk);
    if (toSkip === null) {
      if (head.length < SNIFF_BYTES && !isEnd) return null;
      toSkip = leadingTagBytes(head);
    }
    const passed = Math.min(toSkip, head.length);
    toSkip -= passed;
    head = head.slice(passed);
    if (toSkip > 0 || (head.length < SNIFF_BYTES && !isEnd)) return null;
    format = sniffSound(head);
    if (!format)
      throw new FonotecaError(
        'AUDIO_FORMAT_UNSUPPORTED',
        `begins with ${hexOf(head.subarray(0, 8))}`,
      );
    decoder = await startFormat(format, head);
    const all = head;
    head = new Uint8Array(0);
    return all;
  };
  return {
    get format() {
      return format;
    },
    get faults() {
      return faults;
    },
    get order() {
      return decoder?.order?.() ?? (format ? ORDERS[format] : 'unknown');
    },
    async push(chunk) {
      const bytes = decoder ? chunk : await begin(chunk, false);
      return bytes ? decode(bytes) : [];
    },
    async finish() {
      const bytes = decoder ? null : await begin(new Uint8Array(0), true);
      const blocks = bytes ? await decode(bytes) : [];
      if (!decoder) throw new FonotecaError('AUDIO_FORMAT_UNSUPPORTED', 'nothing but tags');
      return [...blocks, ...taken(await decoder.flush())];
    },
    [Symbol.dispose]() {
      try {
        decoder?.free();
      } catch {
        // A decoder that failed may fail again here; its instance goes with the last reference to it.
      }
    },
  };
}

/** A decoder's code is loaded with the first file of its format. */
async function startFormat(format: SoundFormat, head: Uint8Array): Promise<FormatDecoder> {
  switch (format) {
    case 'vorbis':
      return startVorbis();
    case 'opus':
      return startOpus();
    case 'mp3':
      return startMp3(isMonoMp3(head));
    case 'flac':
      return startFlacDecoding();
    case 'wav':
      return startPcm(startWavDecoding());
    case 'aiff':
      return startPcm(startAiffDecoding());
  }
}

interface OggDecoded {
  readonly channelData: Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly unknown[];
}

interface OggDecoder {
  readonly ready: Promise<void>;
  decode(bytes: Uint8Array): Promise<OggDecoded> | OggDecoded;
  flush(): Promise<OggDecoded>;
  free(): void;
}

async function startVorbis(): Promise<FormatDecoder> {
  const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  return startOgg(new OggVorbisDecoder());
}

async function startOpus(): Promise<FormatDecoder> {
  const { OggOpusDecoder } = await import('ogg-opus-decoder');
  return trimmed(await startOgg(new OggOpusDecoder()));
}

async function startOgg(decoder: OggDecoder): Promise<FormatDecoder> {
  await decoder.ready;
  return {
    decode: async (chunk) => [partOf(await decoder.decode(chunk))],
    flush: async () => [partOf(await decoder.flush())],
    free: () => decoder.free(),
  };
}

/** `decoder` given the stream without its comments, and its sound cut where the stream says that it ends. */
function trimmed(decoder: FormatDecoder): FormatDecoder {
  const length = startOpusLength();
  const plain = startPlainOpus();
  let given = 0;
  const cut = (parts: readonly DecodedPart[]): DecodedPart[] =>
    parts.map((part) => {
      const left = (length.samples() ?? Number.POSITIVE_INFINITY) - given;
      const channels = part.channels.map((channel) => channel.subarray(0, Math.max(0, left)));
      given += channels[0]?.length ?? 0;
      return { ...part, channels };
    });
  return {
    async decode(chunk) {
      length.push(chunk);
      return cut(await decoder.decode(plain.push(chunk)));
    },
    flush: async () => cut([...(await decoder.decode(plain.finish())), ...(await decoder.flush())]),
    free: () => decoder.free(),
  };
}

/** mpg123 always gives two channels; of a mono file both are the same. */
async function startMp3(isMono: boolean): Promise<FormatDecoder> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  await decoder.ready;
  return {
    decode: async (chunk) => {
      const part = partOf(decoder.decode(chunk));
      return [isMono ? { ...part, channels: part.channels.slice(0, 1) } : part];
    },
    flush: async () => [],
    free: () => decoder.free(),
  };
}

interface PcmDecoding {
  push(chunk: Uint8Array): SoundBlock | null;
  order?(): ChannelOrder;
}

function startPcm(decoder: PcmDecoding): FormatDecoder {
  return {
    decode: async (chunk) => {
      const block = decoder.push(chunk);
      return block ? [{ ...block, faults: 0 }] : [];
    },
    flush: async () => [],
    free: () => undefined,
    ...(decoder.order ? { order: decoder.order } : {}),
  };
}

function partOf(decoded: OggDecoded): DecodedPart {
  return {
    rateHz: decoded.sampleRate,
    channels: decoded.channelData,
    faults: decoded.errors.length,
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex') || 'nothing';
}
