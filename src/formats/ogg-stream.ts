/**
 * One logical stream of an Ogg file: its pages in sequence, its packets whole, its positions in time consistent
 * (RFC 3533 section 6; for the granule positions of each codec see ogg-codec.ts).
 */
import type { AudioHasher } from './audio-digest.ts';
import { noteDamage, noteWarning, type VerdictNotes } from './audio-verdict.ts';
import { type FlacChecker, startFlacChecker } from './flac-checker.ts';
import { type FlacFrameDecoder, startFlacFrames } from './flac-frame.ts';
import type { OggCodec } from './ogg-codec.ts';
import { OGG_CONTINUED, OGG_LAST, OGG_NO_GRANULE } from './ogg-page.ts';
import type { OggPageView } from './ogg-pages.ts';

/** Headers and FLAC frames are looked at whole; cover art makes comment headers long. */
const MAX_WHOLE_PACKET_BYTES = 32 * 1024 * 1024;

/** A logical stream fed page by page. */
export class OggStream {
  readonly codec: OggCodec | null;
  readonly #notes: VerdictNotes;
  readonly #hasher: AudioHasher | null;
  #sequence: number;
  #packetIndex = 0;
  #isOpen = false;
  #isSound = false;
  #first = 0;
  #second = 0;
  #packetBytes = 0;
  #parts: Uint8Array[] | null = null;
  #ended = false;
  #granule = 0;
  #start: number | null = null;
  #pending: number | null = 0;
  #flacFrames: FlacFrameDecoder | null = null;
  #flacChecker: FlacChecker | null = null;
  #lastByte = 0;
  audioBytes = 0;

  /** `hasher` is null for streams that are no part of the audio digest. */
  constructor(
    first: OggPageView,
    options: { codec: OggCodec | null; notes: VerdictNotes; hasher: AudioHasher | null },
  ) {
    this.codec = options.codec;
    this.#notes = options.notes;
    this.#hasher = options.hasher;
    this.#sequence = first.header.sequence;
  }

  /** Whether the last page has been seen. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Samples to be heard, or null when they cannot be told. */
  get samples(): number | null {
    if (!this.codec?.facts()) return null;
    const start = Math.max(0, this.#start ?? 0);
    return Math.max(0, this.#granule - start - this.codec.preSkip());
  }

  /** Takes the next page of the stream. */
  page(view: OggPageView): void {
    const { header, atByte } = view;
    if (header.sequence !== this.#sequence) {
      const seen = `page ${header.sequence} where ${this.#sequence} was due`;
      noteDamage(this.#notes, 'AUDIO_OGG_SEQUENCE', seen, atByte);
      if (this.#isOpen) this.#dropPacket();
    } else if (this.#isOpen !== ((header.flags & OGG_CONTINUED) !== 0)) {
      noteDamage(this.#notes, 'AUDIO_OGG_PAGE', 'a packet without its other half', atByte);
      this.#dropPacket();
    }
    this.#sequence = (header.sequence + 1) >>> 0;
    const isLast = (header.flags & OGG_LAST) !== 0;
    const ending = this.#takePackets(view);
    this.#takeGranule(header.granule, ending, isLast, atByte);
    this.#lastByte = atByte;
    if (isLast) this.#end();
  }

  /** Records what the end of the input shows about a stream that may still be open. */
  finish(endByte: number): void {
    if (this.#ended) return;
    noteDamage(this.#notes, 'AUDIO_OGG_TRUNCATED', 'no page ends the stream', endByte);
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    if (this.codec?.isHeader(this.#packetIndex, 0xff) && this.codec.facts())
      noteDamage(
        this.#notes,
        'AUDIO_OGG_HEADER',
        'the header packets are not all there',
        this.#lastByte,
      );
    this.#flacChecker?.finish(this.#lastByte);
  }

  /** Walks the lacing values; returns how many packets end on the page. */
  #takePackets(view: OggPageView): number {
    const { bytes, lacingAt, segments } = view;
    let at = view.bodyAt;
    let size = 0;
    let ending = 0;
    for (let segment = 0; segment < segments; segment++) {
      const value = bytes[lacingAt + segment]!;
      size += value;
      if (value === 255 && segment < segments - 1) continue;
      this.#takePart(bytes, at, at + size);
      at += size;
      size = 0;
      if (value === 255) continue;
      this.#endPacket(view.atByte);
      ending += 1;
    }
    return ending;
  }

  #takePart(bytes: Uint8Array, start: number, end: number): void {
    const { codec } = this;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#packetBytes = 0;
      this.#first = end > start ? bytes[start]! : 0;
      this.#second = end > start + 1 ? bytes[start + 1]! : 0;
      const isHeader = codec?.isHeader(this.#packetIndex, this.#first) === true;
      this.#isSound = codec !== null && !isHeader;
      this.#parts = isHeader || codec?.streamInfo ? [] : null;
    }
    this.#packetBytes += end - start;
    if (this.#parts && this.#packetBytes <= MAX_WHOLE_PACKET_BYTES)
      this.#parts.push(bytes.slice(start, end));
    if (this.#isSound) {
      this.#hasher?.add(bytes, start, end);
      this.audioBytes += end - start;
    }
  }

  #endPacket(atByte: number): void {
    const { codec } = this;
    this.#isOpen = false;
    const index = this.#packetIndex++;
    if (!codec) return;
    if (!this.#isSound) {
      this.#takeHeader(codec, index, atByte);
      return;
    }
    this.#hasher?.endUnit();
    const samples = codec.streamInfo
      ? this.#takeFlacFrame(codec, atByte)
      : codec.packetSamples({
          first: this.#first,
          second: this.#second,
          sizeBytes: this.#packetBytes,
        });
    this.#pending = this.#pending === null || samples === null ? null : this.#pending + samples;
  }

  #takeHeader(codec: OggCodec, index: number, atByte: number): void {
    const isTooLong = this.#packetBytes > MAX_WHOLE_PACKET_BYTES;
    const problem = isTooLong
      ? { isFatal: false, detail: `a header of ${this.#packetBytes} bytes` }
      : codec.header(index, Buffer.concat(this.#parts ?? []), this.#hasher);
    this.#parts = null;
    if (problem?.isFatal)
      noteDamage(this.#notes, 'AUDIO_OGG_HEADER', `not valid: ${problem.detail}`, atByte);
    else if (problem) noteWarning(this.#notes, 'AUDIO_TAGS_INVALID', problem.detail, atByte);
  }

  #takeFlacFrame(codec: OggCodec, atByte: number): number | null {
    const info = codec.streamInfo?.() ?? null;
    this.#flacFrames ??= startFlacFrames();
    this.#flacChecker ??= startFlacChecker(info, this.#notes);
    const packet = Buffer.concat(this.#parts ?? []);
    this.#parts = null;
    const attempt = this.#flacFrames.decode(packet, 0, packet.length, info);
    if (attempt.kind !== 'frame' || attempt.frame.sizeBytes !== packet.length) {
      noteDamage(this.#notes, 'AUDIO_FLAC_FRAME', 'a packet that is no whole frame', atByte);
      return null;
    }
    this.#flacChecker.frame(attempt.frame, atByte);
    return attempt.frame.samples;
  }

  /** A page's granule position is the time after the last packet that ends on it. */
  #takeGranule(granule: number, ending: number, isLast: boolean, atByte: number): void {
    if (granule === OGG_NO_GRANULE || this.#packetIndex === 0 || !this.codec) return;
    if (granule < this.#granule || !Number.isSafeInteger(granule)) {
      const seen = `position ${granule} after ${this.#granule}`;
      noteDamage(this.#notes, 'AUDIO_OGG_GRANULE', seen, atByte);
      return;
    }
    if (ending === 0 && granule !== this.#granule)
      noteWarning(this.#notes, 'AUDIO_OGG_GRANULE', 'a position where no packet ends', atByte);
    const isAudio = this.#isSound;
    if (isAudio && this.#pending !== null) {
      // The first audio page tells where time begins: later than 0 when the stream was cut out of a longer one.
      if (this.#start === null) this.#start = isLast ? 0 : granule - this.#pending;
      else {
        const expected = this.#granule + this.#pending;
        const fits = isLast ? granule <= expected : granule === expected;
        if (!fits) {
          const seen = `positions do not agree with the packets, first ${granule} for ${expected}`;
          this.#warnOnce(seen, atByte);
        }
      }
    }
    if (isAudio) this.#pending = 0;
    this.#granule = granule;
  }

  #hasWarned = false;

  #warnOnce(seen: string, atByte: number): void {
    if (!this.#hasWarned) noteWarning(this.#notes, 'AUDIO_OGG_GRANULE', seen, atByte);
    this.#hasWarned = true;
  }

  #dropPacket(): void {
    if (this.#isOpen) this.#packetIndex += 1;
    this.#isOpen = false;
    this.#parts = null;
    this.#pending = null;
    this.#hasher?.endUnit();
  }
}
