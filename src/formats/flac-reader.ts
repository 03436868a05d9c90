/**
 * The integrity of a FLAC file in one pass: every frame decoded and checked by CRC-16, the whole by sample count and
 * MD5 (RFC 9639; docs/formats/audio-integrity.md).
 */
import { type AudioHasher, startAudioHasher } from './audio-digest.ts';
import { startTrailer, type TrailerReader } from './audio-trailer.ts';
import {
  type AudioReader,
  type AudioReading,
  noteDamage,
  noteForeign,
  noteWarning,
  type ReadingDepth,
  soundNumbers,
  startNotes,
} from './audio-verdict.ts';
import { type FlacChecker, startFlacChecker } from './flac-checker.ts';
import {
  type FlacDecoder,
  type FlacFault,
  type FlacReceiver,
  startFlacDecoder,
} from './flac-decoder.ts';
import type { FlacFrame } from './flac-frame.ts';
import { FLAC_BLOCK, type FlacStreamInfo } from './flac-metadata.ts';
import { decodeVorbisComment } from './vorbis-comment.ts';

/** Decoded bytes allowed whatever the size of the file: six hours of silence at CD quality. */
const FREE_PCM_BYTES = 4e9;
/** Decoded bytes allowed for each byte of the file; sound stays below 100. */
const MAX_EXPANSION = 400;

/** A reader of a FLAC stream whose first byte has position `offset` in its file. */
export function startFlacReader(offset = 0, depth: ReadingDepth = 'whole'): AudioReader {
  return new FlacReader(offset, depth);
}

class FlacReader implements AudioReader, FlacReceiver {
  readonly #notes = startNotes();
  readonly #hasher: AudioHasher;
  readonly #decoder: FlacDecoder;
  readonly #depth: ReadingDepth;
  #info: FlacStreamInfo | null = null;
  #checker: FlacChecker | null = null;
  #trailer: TrailerReader | null = null;
  #shape: { channels: number; sampleRateHz: number; bitsPerSample: number } | null = null;
  #hasBlocks = false;
  #isOverBudget = false;
  #audioBytes = 0;
  #sizeBytes: number;

  constructor(offset: number, depth: ReadingDepth) {
    this.#hasher = startAudioHasher('flac', depth);
    this.#sizeBytes = offset;
    this.#decoder = startFlacDecoder(this, offset, depth);
    this.#depth = depth;
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    if (!this.#isOverBudget) this.#decoder.push(chunk);
  }

  metadata({
    type,
    body,
    atByte,
  }: {
    type: number;
    body: Uint8Array | null;
    atByte: number;
  }): void {
    const isInPlace = (type === FLAC_BLOCK.streamInfo) === !this.#hasBlocks;
    if (!isInPlace && (type === FLAC_BLOCK.streamInfo || !this.#hasBlocks))
      noteWarning(this.#notes, 'AUDIO_FLAC_METADATA', 'STREAMINFO is not the first block', atByte);
    this.#hasBlocks = true;
    if (type !== FLAC_BLOCK.vorbisComment || !body) return;
    const comment = decodeVorbisComment(body);
    if (comment.cutShort || comment.refusedFields > 0)
      noteWarning(this.#notes, 'AUDIO_TAGS_INVALID', 'the Vorbis comment block', atByte);
  }

  streamInfo(info: FlacStreamInfo): void {
    this.#info = info;
    this.#shape = info;
    this.#hasher.add(info.bytes);
    this.#hasher.endUnit();
  }

  frame(frame: FlacFrame, bytes: Uint8Array, atByte: number): void {
    this.#checker ??= startFlacChecker(this.#info, this.#notes, this.#depth);
    this.#checker.frame(frame, atByte);
    this.#shape ??= { ...frame, channels: frame.header.channels };
    this.#hasher.add(bytes);
    this.#hasher.endUnit();
    this.#audioBytes += bytes.length;
    const allowed = Math.max(FREE_PCM_BYTES, MAX_EXPANSION * (atByte + bytes.length));
    if (this.#checker.pcmBytes() > allowed) this.#isOverBudget = true;
  }

  unframed(bytes: Uint8Array, atByte: number, isTrailing: boolean): void {
    if (!isTrailing) this.#hasher.add(bytes);
    else {
      this.#trailer ??= startTrailer(atByte);
      this.#trailer.push(bytes);
    }
  }

  fault({ kind, detail }: FlacFault, atByte: number): void {
    noteDamage(this.#notes, FAULT_CODES[kind], detail, atByte);
  }

  finish(): AudioReading {
    if (!this.#isOverBudget) this.#judgeWhole();
    else if (this.#notes.verdict.state === 'intact')
      this.#notes.verdict = {
        state: 'not-checked',
        code: 'AUDIO_BUDGET',
        detail: `${this.#checker?.pcmBytes()} bytes of samples from ${this.#sizeBytes} bytes`,
      };
    const foreign = this.#trailer?.finish() ?? [];
    noteForeign(this.#notes, foreign);
    return {
      format: 'flac',
      verdict: this.#notes.verdict,
      warnings: this.#notes.warnings,
      foreign,
      ...soundNumbers({
        channels: this.#shape?.channels ?? null,
        sampleRateHz: this.#shape?.sampleRateHz ?? null,
        bitsPerSample: this.#shape?.bitsPerSample ?? null,
        samples: this.#isOverBudget ? null : (this.#checker?.samples() ?? null),
        audioBytes: this.#audioBytes,
      }),
      audioDigest: this.#isOverBudget ? null : this.#hasher.finish(),
      sizeBytes: this.#sizeBytes,
    };
  }

  #judgeWhole(): void {
    this.#decoder.finish();
    this.#checker ??= startFlacChecker(this.#info, this.#notes, this.#depth);
    this.#checker.finish(this.#sizeBytes);
  }
}

const FAULT_CODES = {
  cut: 'AUDIO_FLAC_TRUNCATED',
  frame: 'AUDIO_FLAC_FRAME',
  metadata: 'AUDIO_FLAC_METADATA',
} as const;
