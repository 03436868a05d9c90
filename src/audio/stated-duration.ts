/**
 * How long a file says it sounds, by its first bytes alone: a number to give time by before anything is decoded.
 *
 * Input: the beginning of a file. Output: seconds, or null where the format states none there (Ogg Opus) or the header is
 * not of a kind that states one. Nothing is believed further: sound beyond it ends at the budget (`sound-budget.ts`).
 */
import { decodeStreamInfo } from '../formats/flac-metadata.ts';
import { decodeMpegHeader } from '../formats/mpeg-frame.ts';
import { decodeMpegInfo } from '../formats/mpeg-info.ts';
import { decodeWavFormat } from '../formats/wav-format.ts';
import { leadingTagBytes, sniffSound } from './sniff.ts';
import type { ByteSource } from './worker-process.ts';

/** Bytes that are looked at; tags in front with a picture in them are larger, and then nothing is stated here. */
const HEAD_BYTES = 64 * 1024;
/** Sizes from here on say that the writer did not know. */
const UNKNOWN_SIZE = 2 ** 32 - 256;
const OGG_NOMINAL_RATE_AT = 48;

/** The stated duration of `source` in seconds, or null. Reads its first bytes. */
export async function statedSeconds(source: ByteSource): Promise<number | null> {
  let head = new Uint8Array(0);
  for await (const chunk of source.chunks()) {
    head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
    if (head.length >= HEAD_BYTES) break;
  }
  const sound = head.subarray(Math.min(head.length, leadingTagBytes(head)));
  const seconds = secondsOf(Buffer.from(sound), source.sizeBytes);
  return seconds !== null && Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

function secondsOf(head: Buffer, sizeBytes: number): number | null {
  switch (sniffSound(head)) {
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
