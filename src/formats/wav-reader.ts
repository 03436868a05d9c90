/**
 * The integrity of a RIFF or RF64 WAVE file in one pass: its chunks against the length of the file (Microsoft
 * Multimedia Programming Interface 1.0; EBU Tech 3306 for RF64). Samples carry no checksum: a changed bit in them
 * cannot be seen, only missing bytes can.
 */
import { type AudioHasher, startAudioHasher } from './audio-digest.ts';
import {
  type AudioReader,
  type AudioReading,
  type ForeignData,
  noteDamage,
  noteWarning,
  type ReadingDepth,
  soundNumbers,
  startNotes,
} from './audio-verdict.ts';
import {
  type ByteWindow,
  consumeWindow,
  extendWindow,
  startWindow,
  windowSteps,
} from './audio-window.ts';
import { EMBEDDED_CHUNK_BYTES, startWavEmbedded } from './wav-embedded.ts';
import { decodeWavFormat, type WavFormat } from './wav-format.ts';

/** A reader of a WAVE file that begins at position `offset`. */
export function startWavReader(offset = 0, depth: ReadingDepth = 'whole'): AudioReader {
  return new WavReader(offset, depth);
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Chunks looked at whole, and how long they may be; real ones of the first three are below 100 bytes. */
const KEPT_BYTES: Readonly<Record<string, number>> = {
  'fmt ': 4096,
  ds64: 4096,
  fact: 4096,
  ...EMBEDDED_CHUNK_BYTES,
};
/** Writers that count the header of RIFF too, or a pad byte that they do not write. No chunk is that short. */
const MAX_RIFF_SLACK_BYTES = 8;
/** Sizes that writers to a pipe leave in a header whose end they could not know. */
const UNKNOWN_SIZES = new Set([0, 0xffff_ffff, 0x7fff_ffff, 0xffff_f000, 0x7fff_f000]);

interface Chunk {
  readonly id: string;
  readonly atByte: number;
  readonly statedBytes: number;
  readonly isOpenEnded: boolean;
  leftBytes: number;
}

class WavReader implements AudioReader {
  readonly #notes = startNotes();
  readonly #hasher: AudioHasher;
  readonly #embedded = startWavEmbedded();
  readonly #window: ByteWindow;
  readonly #offset: number;
  #riffBytes = 0;
  #isRiffOpenEnded = false;
  #isRf64 = false;
  #dataBytes64: number | null = null;
  #chunk: Chunk | null = null;
  #format: WavFormat | null = null;
  #factSamples: number | null = null;
  #dataBytes: number | null = null;
  #endsAt: number | null = null;
  #sizeBytes: number;

  constructor(offset: number, depth: ReadingDepth) {
    this.#hasher = startAudioHasher('wave', depth);
    this.#offset = offset;
    this.#sizeBytes = offset;
    this.#window = startWindow(offset);
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    for (const part of windowSteps(chunk)) {
      extendWindow(this.#window, part);
      while (this.#step());
    }
  }

  finish(): AudioReading {
    if (this.#riffBytes === 0 && !this.#isRiffOpenEnded)
      noteDamage(this.#notes, 'AUDIO_WAV_SIZE', 'the RIFF header is not whole', this.#sizeBytes);
    this.#judgeOpenChunk();
    this.#judgeWhole();
    this.#hasher.endUnit();
    const foreign = this.#trailing();
    const embedded = this.#embedded.finish();
    const format = this.#format;
    const frameBytes = format?.isLinear ? format.frameBytes : 0;
    const counted = frameBytes > 0 ? Math.floor((this.#dataBytes ?? 0) / frameBytes) : null;
    return {
      format: 'wav',
      verdict: this.#notes.verdict,
      warnings: this.#notes.warnings,
      foreign,
      ...soundNumbers({
        channels: format?.channels ?? null,
        sampleRateHz: format?.sampleRateHz ?? null,
        bitsPerSample: format?.bitsPerSample || null,
        samples: counted ?? this.#factSamples,
        audioBytes: this.#dataBytes ?? 0,
      }),
      audioDigest: this.#hasher.finish(),
      sizeBytes: this.#sizeBytes,
      ...(embedded ? { embedded } : {}),
    };
  }

  #step(): boolean {
    const held = this.#window.end - this.#window.start;
    if (this.#endsAt !== null) consumeWindow(this.#window, held);
    else if (this.#riffBytes === 0 && !this.#isRiffOpenEnded) return this.#takeRiffHeader(held);
    else if (this.#chunk) return this.#takeBody(this.#chunk, held);
    else return this.#takeChunkHeader(held);
    return false;
  }

  #takeRiffHeader(held: number): boolean {
    if (held < RIFF_HEADER_BYTES) return false;
    const head = this.#bytes(RIFF_HEADER_BYTES);
    this.#isRf64 = head.toString('latin1', 0, 4) !== 'RIFF';
    const stated = head.readUInt32LE(4);
    this.#isRiffOpenEnded = this.#isRf64 || UNKNOWN_SIZES.has(stated);
    this.#riffBytes = stated;
    consumeWindow(this.#window, RIFF_HEADER_BYTES);
    return true;
  }

  #takeChunkHeader(held: number): boolean {
    const { offset: atByte } = this.#window;
    const riffEnd = this.#offset + CHUNK_HEADER_BYTES + this.#riffBytes;
    if (!this.#isRiffOpenEnded && atByte >= riffEnd && this.#dataBytes !== null) {
      this.#endsAt = atByte;
      return true;
    }
    if (held < CHUNK_HEADER_BYTES) return false;
    const head = this.#bytes(CHUNK_HEADER_BYTES);
    const id = head.toString('latin1', 0, 4);
    if (!/^[\x20-\x7e]{4}$/.test(id)) {
      if (this.#dataBytes === null)
        noteDamage(this.#notes, 'AUDIO_WAV_HEADER', 'no chunk where one was due', atByte);
      else noteWarning(this.#notes, 'AUDIO_WAV_SIZE', 'no chunk where one was due', atByte);
      this.#endsAt = atByte;
      return true;
    }
    const stated = head.readUInt32LE(4);
    const isData = id === 'data' && this.#dataBytes === null;
    const size64 = isData && this.#isRf64 && stated === 0xffff_ffff ? this.#dataBytes64 : null;
    const isOpenEnded = isData && size64 === null && UNKNOWN_SIZES.has(stated);
    const size = size64 ?? stated;
    if (isData) this.#beginData(atByte);
    this.#chunk = {
      id: isData || id !== 'data' ? id : 'data again',
      atByte,
      statedBytes: size,
      isOpenEnded,
      leftBytes: isOpenEnded ? Number.POSITIVE_INFINITY : size + (size % 2),
    };
    consumeWindow(this.#window, CHUNK_HEADER_BYTES);
    return true;
  }

  #takeBody(chunk: Chunk, held: number): boolean {
    const isBegun = chunk.leftBytes < chunk.statedBytes;
    if (!isBegun && chunk.statedBytes <= (KEPT_BYTES[chunk.id] ?? -1)) {
      if (held < chunk.statedBytes) return false;
      this.#takeKept(chunk.id, this.#bytes(chunk.statedBytes), chunk.atByte);
    }
    const count = Math.min(held, chunk.leftBytes);
    if (chunk.id === 'data') {
      const done = this.#dataBytes ?? 0;
      const limit = chunk.isOpenEnded ? count : Math.min(count, chunk.statedBytes - done);
      const { bytes, start } = this.#window;
      this.#hasher.add(bytes, start, start + limit);
      this.#dataBytes = done + limit;
    }
    chunk.leftBytes -= count;
    consumeWindow(this.#window, count);
    if (chunk.leftBytes > 0) return false;
    this.#chunk = null;
    return true;
  }

  #takeKept(id: string, body: Buffer, atByte: number): void {
    if (id === 'fact' && body.length >= 4) this.#factSamples = body.readUInt32LE(0);
    else if (id === 'ds64' && body.length >= 16) this.#dataBytes64 = safeNumber(body, 8);
    else if (id === 'fmt ' && !this.#format) {
      this.#format = decodeWavFormat(body);
      if (!this.#format)
        noteDamage(this.#notes, 'AUDIO_WAV_HEADER', 'the fmt chunk makes no sense', atByte);
      this.#hasher.add(body);
      this.#hasher.endUnit();
    } else this.#embedded.take(id, body);
  }

  #beginData(atByte: number): void {
    this.#dataBytes = 0;
    if (!this.#format)
      noteDamage(this.#notes, 'AUDIO_WAV_HEADER', 'no fmt chunk before the data', atByte);
  }

  #judgeOpenChunk(): void {
    const chunk = this.#chunk;
    if (!chunk) return;
    if (chunk.isOpenEnded) {
      const seen = `the data chunk states ${chunk.statedBytes} bytes, as when written to a pipe`;
      noteWarning(this.#notes, 'AUDIO_CUT_INVISIBLE', seen, chunk.atByte);
      return;
    }
    const isOnlyPad = chunk.leftBytes === 1 && chunk.statedBytes % 2 === 1;
    const missing = chunk.leftBytes - (this.#window.end - this.#window.start);
    const seen = `${missing} bytes of the ${JSON.stringify(chunk.id)} chunk are missing`;
    if (isOnlyPad) noteWarning(this.#notes, 'AUDIO_WAV_SIZE', 'the last pad byte is missing');
    else noteDamage(this.#notes, 'AUDIO_WAV_SIZE', seen, this.#sizeBytes);
  }

  #judgeWhole(): void {
    if (this.#dataBytes === null)
      noteDamage(this.#notes, 'AUDIO_WAV_SIZE', 'there is no data chunk', this.#sizeBytes);
    const stated = this.#offset + CHUNK_HEADER_BYTES + this.#riffBytes;
    const missing = this.#isRiffOpenEnded ? 0 : stated - this.#sizeBytes;
    const seen = `RIFF states ${missing} bytes more`;
    if (missing > MAX_RIFF_SLACK_BYTES)
      noteDamage(this.#notes, 'AUDIO_WAV_SIZE', seen, this.#sizeBytes);
    else if (missing > 0) noteWarning(this.#notes, 'AUDIO_WAV_SIZE', seen);
    const frameBytes = this.#format?.frameBytes ?? 0;
    if (frameBytes > 0 && (this.#dataBytes ?? 0) % frameBytes !== 0)
      noteWarning(this.#notes, 'AUDIO_WAV_SIZE', 'the data end inside a sample');
  }

  #trailing(): ForeignData[] {
    const left = this.#window.end - this.#window.start;
    const from = this.#endsAt ?? this.#sizeBytes - (this.#chunk ? 0 : left);
    const sizeBytes = this.#sizeBytes - from;
    if (sizeBytes <= 0) return [];
    noteWarning(this.#notes, 'AUDIO_FOREIGN_DATA', `${sizeBytes} bytes behind the chunks`, from);
    return [{ kind: 'junk', atByte: from, sizeBytes }];
  }

  #bytes(count: number): Buffer {
    const { bytes, start } = this.#window;
    return Buffer.from(bytes.subarray(start, start + count));
  }
}

function safeNumber(body: Buffer, at: number): number | null {
  const value = body.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}
