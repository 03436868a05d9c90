/**
 * The integrity of an AIFF or AIFF-C file in one pass: its chunks against the length of the file and the sample count
 * of COMM (Audio Interchange File Format 1.3). Samples carry no checksum: a changed bit in them cannot be seen, only
 * missing bytes can. COMM may stand before or behind the sound.
 */
import { type AiffFormat, aiffSoundBytes, decodeAiffFormat } from './aiff-format.ts';
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

/** A reader of an AIFF file that begins at position `offset`. */
export function startAiffReader(offset = 0, depth: ReadingDepth = 'whole'): AudioReader {
  return new AiffReader(offset, depth);
}

const FORM_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Offset and block size stand between the header of SSND and the samples. */
const SOUND_HEADER_BYTES = 8;
/** COMM is 18 bytes, or 22 and a name of at most 255. */
const MAX_COMM_BYTES = 4096;
/** Sizes that writers to a pipe leave in a header whose end they could not know. */
const UNKNOWN_SIZES = new Set([0, 0xffff_ffff, 0x7fff_ffff, 0x7fff_fffe]);

/** Writers that count the header of FORM too, or a pad byte that they do not write. No chunk is that short. */
const MAX_FORM_SLACK_BYTES = 8;

interface Form {
  readonly statedBytes: number;
  readonly isCompressed: boolean;
  readonly isOpenEnded: boolean;
}

interface Chunk {
  readonly id: string;
  readonly atByte: number;
  readonly statedBytes: number;
  readonly isOpenEnded: boolean;
  leftBytes: number;
  /** Of SSND: bytes before the first sample that are still to come; null until its own header was read. */
  soundSkipBytes: number | null;
}

class AiffReader implements AudioReader {
  readonly #notes = startNotes();
  readonly #hasher: AudioHasher;
  readonly #window: ByteWindow;
  readonly #offset: number;
  #form: Form | null = null;
  #chunk: Chunk | null = null;
  #format: AiffFormat | null = null;
  #formatBytes = new Uint8Array(0);
  #soundBytes: number | null = null;
  #isSoundOpenEnded = false;
  #endsAt: number | null = null;
  #sizeBytes: number;

  constructor(offset: number, depth: ReadingDepth) {
    this.#hasher = startAudioHasher('aiff', depth);
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
    this.#judgeOpenChunk();
    this.#judgeWhole();
    this.#hasher.endUnit();
    this.#hasher.add(this.#formatBytes);
    this.#hasher.endUnit();
    const foreign = this.#trailing();
    const format = this.#format;
    return {
      format: 'aiff',
      verdict: this.#notes.verdict,
      warnings: this.#notes.warnings,
      foreign,
      ...soundNumbers({
        channels: format?.channels ?? null,
        sampleRateHz: format ? Math.round(format.sampleRateHz) : null,
        bitsPerSample: format?.bitsPerSample || null,
        samples: this.#samples(),
        audioBytes: this.#soundBytes ?? 0,
      }),
      audioDigest: this.#hasher.finish(),
      sizeBytes: this.#sizeBytes,
    };
  }

  #step(): boolean {
    const held = this.#window.end - this.#window.start;
    if (this.#endsAt !== null) consumeWindow(this.#window, held);
    else if (!this.#form) return this.#takeForm(held);
    else if (this.#chunk) return this.#takeBody(this.#chunk, held);
    else return this.#takeChunkHeader(this.#form, held);
    return false;
  }

  #takeForm(held: number): boolean {
    if (held < FORM_HEADER_BYTES) return false;
    const head = this.#bytes(FORM_HEADER_BYTES);
    const statedBytes = head.readUInt32BE(4);
    const isCompressed = head.toString('latin1', 8, 12) === 'AIFC';
    this.#form = { statedBytes, isCompressed, isOpenEnded: UNKNOWN_SIZES.has(statedBytes) };
    consumeWindow(this.#window, FORM_HEADER_BYTES);
    return true;
  }

  #takeChunkHeader(form: Form, held: number): boolean {
    const { offset: atByte } = this.#window;
    if (!form.isOpenEnded && atByte >= this.#offset + CHUNK_HEADER_BYTES + form.statedBytes) {
      this.#endsAt = atByte;
      return true;
    }
    if (held < CHUNK_HEADER_BYTES) return false;
    const head = this.#bytes(CHUNK_HEADER_BYTES);
    const id = head.toString('latin1', 0, 4);
    if (!/^[\x20-\x7e]{4}$/.test(id)) {
      noteDamage(this.#notes, 'AUDIO_AIFF_HEADER', 'no chunk where one was due', atByte);
      this.#endsAt = atByte;
      return true;
    }
    const statedBytes = head.readUInt32BE(4);
    const isSound = id === 'SSND' && this.#soundBytes === null;
    const isOpenEnded = isSound && form.isOpenEnded && UNKNOWN_SIZES.has(statedBytes);
    if (isSound) {
      this.#soundBytes = 0;
      this.#isSoundOpenEnded = isOpenEnded;
    }
    this.#chunk = {
      id: isSound || id !== 'SSND' ? id : 'SSND again',
      atByte,
      statedBytes,
      isOpenEnded,
      leftBytes: isOpenEnded ? Number.POSITIVE_INFINITY : statedBytes + (statedBytes % 2),
      soundSkipBytes: null,
    };
    if (isSound && !isOpenEnded && statedBytes < SOUND_HEADER_BYTES)
      noteDamage(this.#notes, 'AUDIO_AIFF_HEADER', 'SSND is shorter than its header', atByte);
    consumeWindow(this.#window, CHUNK_HEADER_BYTES);
    return true;
  }

  #takeBody(chunk: Chunk, held: number): boolean {
    const isBegun = chunk.leftBytes < chunk.statedBytes;
    if (chunk.id === 'COMM' && !isBegun && chunk.statedBytes <= MAX_COMM_BYTES && !this.#format) {
      if (held < chunk.statedBytes) return false;
      this.#takeFormat(this.#bytes(chunk.statedBytes), chunk.atByte);
    }
    const isSound = chunk.id === 'SSND' && chunk.leftBytes >= SOUND_HEADER_BYTES;
    if (isSound && chunk.soundSkipBytes === null) {
      if (held < SOUND_HEADER_BYTES) return false;
      chunk.soundSkipBytes = this.#bytes(4).readUInt32BE(0);
      return this.#pass(chunk, SOUND_HEADER_BYTES);
    }
    const count = Math.min(held, chunk.leftBytes);
    if (chunk.soundSkipBytes !== null) this.#takeSound(chunk, count);
    return this.#pass(chunk, count);
  }

  #pass(chunk: Chunk, count: number): boolean {
    chunk.leftBytes -= count;
    consumeWindow(this.#window, count);
    if (chunk.leftBytes > 0) return count > 0 && this.#window.end > this.#window.start;
    this.#chunk = null;
    return true;
  }

  #takeSound(chunk: Chunk, count: number): void {
    const skip = Math.min(chunk.soundSkipBytes!, count);
    chunk.soundSkipBytes! -= skip;
    // The pad byte of an odd chunk is no sound.
    const pad = chunk.isOpenEnded ? 0 : chunk.statedBytes % 2;
    const end = Math.min(count, Math.max(skip, chunk.leftBytes - pad));
    const { bytes, start } = this.#window;
    this.#hasher.add(bytes, start + skip, start + end);
    this.#soundBytes = (this.#soundBytes ?? 0) + end - skip;
  }

  #takeFormat(body: Buffer, atByte: number): void {
    const isCompressed = this.#form!.isCompressed;
    this.#format = decodeAiffFormat(body, isCompressed);
    this.#formatBytes = new Uint8Array(aiffSoundBytes(body, isCompressed));
    if (!this.#format)
      noteDamage(this.#notes, 'AUDIO_AIFF_HEADER', 'the COMM chunk makes no sense', atByte);
  }

  #judgeOpenChunk(): void {
    const chunk = this.#chunk;
    if (!chunk) return;
    if (chunk.isOpenEnded) {
      const seen = 'the SSND chunk states no size, as when written to a pipe';
      noteWarning(this.#notes, 'AUDIO_CUT_INVISIBLE', seen, chunk.atByte);
      return;
    }
    const isOnlyPad = chunk.leftBytes === 1 && chunk.statedBytes % 2 === 1;
    const missing = chunk.leftBytes - (this.#window.end - this.#window.start);
    const seen = `${missing} bytes of the ${JSON.stringify(chunk.id)} chunk are missing`;
    if (isOnlyPad) noteWarning(this.#notes, 'AUDIO_AIFF_SIZE', 'the last pad byte is missing');
    else noteDamage(this.#notes, 'AUDIO_AIFF_SIZE', seen, this.#sizeBytes);
  }

  #judgeWhole(): void {
    const notes = this.#notes;
    const form = this.#form;
    if (!form)
      noteDamage(notes, 'AUDIO_AIFF_SIZE', 'the FORM header is not whole', this.#sizeBytes);
    const formEnd = this.#offset + CHUNK_HEADER_BYTES + (form?.statedBytes ?? 0);
    const missing = form && !form.isOpenEnded ? formEnd - this.#sizeBytes : 0;
    const seen = `FORM states ${missing} bytes more`;
    if (missing > MAX_FORM_SLACK_BYTES) noteDamage(notes, 'AUDIO_AIFF_SIZE', seen, this.#sizeBytes);
    else if (missing > 0) noteWarning(notes, 'AUDIO_AIFF_SIZE', seen);
    if (!this.#format) {
      noteDamage(notes, 'AUDIO_AIFF_HEADER', 'there is no COMM chunk', this.#sizeBytes);
      return;
    }
    const stated = this.#format.frames;
    if (this.#soundBytes === null && stated > 0)
      noteDamage(notes, 'AUDIO_AIFF_SIZE', 'there is no SSND chunk', this.#sizeBytes);
    if (this.#format.frameBytes === 0 || this.#isSoundOpenEnded) return;
    const counted = Math.floor((this.#soundBytes ?? 0) / this.#format.frameBytes);
    if (counted < stated)
      noteDamage(
        notes,
        'AUDIO_AIFF_SIZE',
        `COMM states ${stated} samples and SSND has ${counted}`,
        this.#sizeBytes,
      );
    else if (counted > stated)
      noteWarning(
        notes,
        'AUDIO_AIFF_SIZE',
        `COMM states ${stated} samples and SSND has ${counted}`,
      );
  }

  /** Samples as COMM states them; those present where fewer are, or where the writer could not know. */
  #samples(): number | null {
    const format = this.#format;
    if (!format) return null;
    if (format.frameBytes === 0) return null;
    const counted = Math.floor((this.#soundBytes ?? 0) / format.frameBytes);
    return this.#isSoundOpenEnded ? counted : Math.min(counted, format.frames);
  }

  #trailing(): ForeignData[] {
    const left = this.#window.end - this.#window.start;
    const from = this.#endsAt ?? this.#sizeBytes - (this.#chunk || !this.#form ? 0 : left);
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
