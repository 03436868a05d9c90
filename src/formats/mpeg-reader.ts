/**
 * The integrity of an MPEG audio file in one pass: the chain of frames, the length its information frame states and
 * the checksums it carries (docs/formats/audio-integrity.md says what that can and cannot show).
 */
import { type AudioHasher, startAudioHasher } from './audio-digest.ts';
import { startTrailer, type TrailerReader } from './audio-trailer.ts';
import {
  type AudioReader,
  type AudioReading,
  type ForeignData,
  noteDamage,
  noteForeign,
  noteWarning,
  type ReadingDepth,
  readingWithoutSound,
  soundNumbers,
  startNotes,
} from './audio-verdict.ts';
import { lameMusicCrc, mpegFrameCrc } from './mpeg-crc.ts';
import { type MpegHeader, mpegSideInfoBytes } from './mpeg-frame.ts';
import { type MpegReceiver, type MpegWalker, startMpegFrames } from './mpeg-frames.ts';
import { decodeMpegInfo, type MpegInfo } from './mpeg-info.ts';

/** A reader of an MPEG stream whose first byte has position `offset`. */
export function startMpegReader(offset = 0, depth: ReadingDepth = 'whole'): AudioReader {
  return new MpegReader(offset, depth);
}

class MpegReader implements AudioReader, MpegReceiver {
  readonly #notes = startNotes();
  readonly #hasher: AudioHasher;
  readonly #walker: MpegWalker;
  #first: MpegHeader | null = null;
  #info: MpegInfo | null = null;
  #frames = 0;
  #samples = 0;
  #audioBytes = 0;
  #streamBytes = 0;
  #musicCrc = 0;
  #crcFrames = 0;
  #crcFaults = 0;
  #crcFaultAt = 0;
  #gap: { atByte: number; trailer: TrailerReader } | null = null;
  #leading: ForeignData[] = [];
  #isCut = false;
  #sizeBytes: number;

  constructor(offset: number, depth: ReadingDepth) {
    this.#hasher = startAudioHasher('mpeg', depth);
    this.#sizeBytes = offset;
    this.#walker = startMpegFrames(this, offset);
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#walker.push(chunk);
  }

  unframed(bytes: Uint8Array, atByte: number): void {
    this.#gap ??= { atByte, trailer: startTrailer(atByte) };
    this.#gap.trailer.push(bytes);
  }

  cut(atByte: number, sizeBytes: number): void {
    this.#isCut = true;
    const seen = `the file ends inside a frame of ${sizeBytes} bytes`;
    noteDamage(this.#notes, 'AUDIO_MPEG_TRUNCATED', seen, atByte);
  }

  frame({ header, bytes, start, end, atByte }: Parameters<MpegReceiver['frame']>[0]): void {
    if (this.#gap) this.#closeGap();
    this.#streamBytes += end - start;
    if (!this.#first) {
      this.#first = header;
      this.#info = decodeMpegInfo(bytes, start, end, header);
      if (this.#info) return;
    }
    if (header.sampleRateHz !== this.#first.sampleRateHz)
      noteWarning(this.#notes, 'AUDIO_MPEG_CHAIN', 'the sample rate changes on the way', atByte);
    this.#frames += 1;
    this.#samples += header.samples;
    this.#audioBytes += end - start;
    this.#hasher.add(bytes, start, end);
    this.#hasher.endUnit();
    if (this.#info?.music) this.#musicCrc = lameMusicCrc(this.#musicCrc, bytes, start, end);
    if (header.hasCrc && header.layer === 3) this.#checkCrc(header, bytes, start, atByte);
  }

  finish(): AudioReading {
    this.#walker.finish();
    const behind = this.#gap?.trailer.finish() ?? [];
    if (!this.#first) {
      const detail = 'no MPEG frame followed by another';
      const verdict = { state: 'not-audio', code: 'AUDIO_NOT_AUDIO', detail } as const;
      return readingWithoutSound(verdict, null, { sizeBytes: this.#sizeBytes, foreign: behind });
    }
    this.#judgeEnd(behind);
    this.#judgeCrc(behind);
    const foreign = [...this.#leading, ...behind];
    noteForeign(
      this.#notes,
      foreign.filter(({ kind }) => kind === 'junk' || kind === 'zeros'),
    );
    const added = this.#info?.addedSamples ?? 0;
    return {
      format: `mp${this.#first.layer}`,
      verdict: this.#notes.verdict,
      warnings: this.#notes.warnings,
      foreign,
      ...soundNumbers({
        channels: this.#first.channels,
        sampleRateHz: this.#first.sampleRateHz,
        samples: Math.max(0, this.#samples - added),
        audioBytes: this.#audioBytes,
      }),
      audioDigest: this.#hasher.finish(),
      sizeBytes: this.#sizeBytes,
    };
  }

  /** Tags and zeros before the first frame are foreign; other bytes there, and all between frames, are damage. */
  #closeGap(): void {
    const { atByte, trailer } = this.#gap!;
    const parts = trailer.finish();
    this.#gap = null;
    if (!this.#first) this.#leading = parts;
    const isHarmless = !this.#first && parts.every((part) => part.kind !== 'junk');
    const size = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    const seen = `${size} bytes that are no frame`;
    if (!isHarmless) noteDamage(this.#notes, 'AUDIO_MPEG_CHAIN', seen, atByte);
  }

  #checkCrc(header: MpegHeader, bytes: Uint8Array, start: number, atByte: number): void {
    const sideEnd = start + 6 + mpegSideInfoBytes(header);
    const crc = mpegFrameCrc(
      mpegFrameCrc(0xffff, bytes, start + 2, start + 4),
      bytes,
      start + 6,
      sideEnd,
    );
    this.#crcFrames += 1;
    if (crc === ((bytes[start + 4]! << 8) | bytes[start + 5]!)) return;
    if (this.#crcFaults === 0) this.#crcFaultAt = atByte;
    this.#crcFaults += 1;
  }

  /** Whether all that was stated has come; `behind` is what stands after the last frame. */
  #judgeEnd(behind: readonly ForeignData[]): void {
    const stated = this.#info?.frames || null;
    const statedBytes = this.#info?.streamBytes || null;
    const missing = stated === null ? 0 : stated - this.#frames;
    // An encoder that counts its information frame states one frame more; then its byte count is reached.
    const isWhole =
      missing <= 0 || (missing === 1 && statedBytes !== null && this.#streamBytes >= statedBytes);
    const seen = `${this.#frames} frames where ${stated} are stated`;
    if (!isWhole) noteDamage(this.#notes, 'AUDIO_MPEG_COUNT', seen, this.#sizeBytes);
    else if (missing < 0) noteWarning(this.#notes, 'AUDIO_MPEG_COUNT', seen);
    const junk = behind.find((part) => part.kind === 'junk');
    // Bytes that LAME counted as music and that are in no frame: the last header is not what it was.
    const music = this.#info?.music;
    if (junk && music && this.#streamBytes < music.streamBytes)
      noteDamage(
        this.#notes,
        'AUDIO_MPEG_CHAIN',
        `${this.#streamBytes} bytes of frames where ${music.streamBytes} are stated`,
        junk.atByte,
      );
    if (stated !== null) return;
    if (junk)
      noteDamage(
        this.#notes,
        'AUDIO_MPEG_CHAIN',
        `${junk.sizeBytes} bytes that are no frame`,
        junk.atByte,
      );
    else if (!this.#isCut)
      noteWarning(
        this.#notes,
        'AUDIO_CUT_INVISIBLE',
        'no Xing, Info or VBRI frame states the length',
      );
  }

  #judgeCrc(behind: readonly ForeignData[]): void {
    if (this.#crcFaults > 0) {
      const seen = `${this.#crcFaults} of ${this.#crcFrames} frame checksums do not fit`;
      // An encoder that gets every checksum wrong tells nothing about damage.
      if (this.#crcFaults * 2 > this.#crcFrames) noteWarning(this.#notes, 'AUDIO_MPEG_CRC', seen);
      else noteDamage(this.#notes, 'AUDIO_MPEG_CRC', seen, this.#crcFaultAt);
    }
    const music = this.#info?.music;
    if (!music || music.streamBytes !== this.#streamBytes || music.crc === this.#musicCrc) return;
    const seen = 'the checksum of the music does not fit';
    // Loudness tools rewrite the gain of every frame and note it in an APE tag, but not in this checksum.
    const mayBeRegained = [...this.#leading, ...behind].some((part) => part.kind === 'ape');
    if (mayBeRegained) noteWarning(this.#notes, 'AUDIO_MPEG_CRC', seen);
    else noteDamage(this.#notes, 'AUDIO_MPEG_CRC', seen, this.#sizeBytes - this.#streamBytes);
  }
}
