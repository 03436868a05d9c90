/**
 * What a file says it is and how long it sounds, by its first bytes alone: to give time by before anything is decoded.
 *
 * Input: the beginning of a file. Output: the format, and seconds, or null where the format states none there (Ogg Opus) or
 * the header is not of a kind that states one. Nothing is believed further: sound beyond it ends at the budget (`sound-budget.ts`).
 */
import { decodeStreamInfo } from '../formats/flac-metadata.ts';
import { decodeMpegHeader } from '../formats/mpeg-frame.ts';
import { decodeMpegInfo } from '../formats/mpeg-info.ts';
import { decodeWavFormat } from '../formats/wav-format.ts';
import { leadingTagBytes, type SoundFormat, sniffSound } from './sniff.ts';
import type { ByteSource } from './worker-process.ts';

/** What is told of a file before it is decoded. */
export interface StatedSound {
  /** Null for what no decoder here can read, and behind a tag that is too long to look behind. */
  readonly format: SoundFormat | null;
  /** Null where nothing is stated. */
  readonly seconds: number | null;
}

/** Bytes that are looked at. */
const HEAD_BYTES = 64 * 1024;
/** A longer tag in front is not passed over; pictures in tags are smaller. */
const MAX_TAG_BYTES = 16 * 2 ** 20;
/** Sizes from here on say that the writer did not know. */
const UNKNOWN_SIZE = 2 ** 32 - 256;
const OGG_NOMINAL_RATE_AT = 48;
const TAG_HEADER_BYTES = 10;

/** What `source` states. Reads its first bytes, and a tag in front. */
export async function statedSound(source: ByteSource): Promise<StatedSound> {
  const head = await soundHead(source);
  const format = sniffSound(head);
  const seconds = secondsOf(format, head, source.sizeBytes);
  const isStated = seconds !== null && Number.isFinite(seconds) && seconds > 0;
  return { format, seconds: isStated ? seconds : null };
}

/** The first bytes behind a tag in front; none behind one that is too long. */
async function soundHead(source: ByteSource): Promise<Buffer> {
  let head = Buffer.alloc(0);
  let toSkip: number | null = null;
  for await (const chunk of source.chunks()) {
    let rest = chunk;
    if (toSkip === null) {
      const taken = TAG_HEADER_BYTES - head.length;
      head = Buffer.concat([head, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      if (head.length < TAG_HEADER_BYTES) continue;
      const tagBytes = leadingTagBytes(head);
      if (tagBytes > MAX_TAG_BYTES) return Buffer.alloc(0);
      if (tagBytes > 0) head = Buffer.alloc(0);
      toSkip = Math.max(0, tagBytes - TAG_HEADER_BYTES);
    }
    const passed = Math.min(toSkip, rest.length);
    toSkip -= passed;
    head = Buffer.concat([head, rest.subarray(passed, passed + HEAD_BYTES - head.length)]);
    if (head.length >= HEAD_BYTES) break;
  }
  return head;
}

function secondsOf(format: SoundFormat | null, head: Buffer, sizeBytes: number): number | null {
  switch (format) {
    case 'flac':
      return flacSeconds(head);
    case 'wav':
      return wavSeconds(head);
    case 'mp3':
      return mp3Seconds(head);
    case 'vorbis':
      return vorbisSeconds(head, sizeBytes);
    default:
      return null;
  }
}

function flacSeconds(head: Buffer): number | null {
  const info = head.length >= 42 ? decodeStreamInfo(head.subarray(8, 42)) : null;
  return info && info.totalSamples > 0 ? info.totalSamples / info.sampleRateHz : null;
}

/** Chunk by chunk to the size of the sound; a chunk that reaches beyond the head ends the search. */
function wavSeconds(head: Buffer): number | null {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const size = head.readUInt32LE(at + 4);
    const name = head.toString('latin1', at, at + 4);
    if (name === 'data') return size < UNKNOWN_SIZE ? size / bytesPerSecond : null;
    const format = name === 'fmt ' ? decodeWavFormat(head.subarray(at + 8, at + 8 + size)) : null;
    if (format) bytesPerSecond = format.frameBytes * format.sampleRateHz;
    at += 8 + size + (size & 1);
  }
  return null;
}

function mp3Seconds(head: Buffer): number | null {
  const header = decodeMpegHeader(head, 0);
  const info = header && decodeMpegInfo(head, 0, Math.min(header.sizeBytes, head.length), header);
  return info?.frames ? (info.frames * header!.samples) / header!.sampleRateHz : null;
}

/** The nominal rate of the identification header, which is the first packet of the first page. */
function vorbisSeconds(head: Buffer, sizeBytes: number): number | null {
  if (head.length < OGG_NOMINAL_RATE_AT + 4 || head[26] !== 1) return null;
  const bitsPerSecond = head.readInt32LE(OGG_NOMINAL_RATE_AT);
  return bitsPerSecond > 0 ? (sizeBytes * 8) / bitsPerSecond : null;
}
