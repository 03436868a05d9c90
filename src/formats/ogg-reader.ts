/**
 * The integrity of an Ogg file in one pass: page checksums, page numbers, packets, positions and the end of each
 * stream (RFC 3533; docs/formats/audio-integrity.md). Chained files are read link by link; of several streams at once
 * the first sound stream counts.
 */
import { type AudioHasher, startAudioHasher } from './audio-digest.ts';
import { startTrailer, type TrailerReader } from './audio-trailer.ts';
import {
  type AudioFormat,
  type AudioReader,
  type AudioReading,
  noteDamage,
  noteForeign,
  noteWarning,
  type ReadingDepth,
  soundNumbers,
  startNotes,
} from './audio-verdict.ts';
import { oggCodecOf, oggStreamName } from './ogg-codec.ts';
import { OGG_FIRST } from './ogg-page.ts';
import { type OggGap, type OggPageReader, type OggPageView, startOggPages } from './ogg-pages.ts';
import { OggStream } from './ogg-stream.ts';

/** More streams at once than any recording has; others are told apart no further. */
const MAX_STREAMS = 64;

/** A reader of an Ogg file whose first page has position `offset`. */
export function startOggReader(offset = 0, depth: ReadingDepth = 'whole'): AudioReader {
  return new OggReader(offset, depth);
}

interface Totals {
  channels: number | null;
  sampleRateHz: number | null;
  bitsPerSample: number | null;
  samples: number | null;
  audioBytes: number;
}

class OggReader implements AudioReader {
  readonly #notes = startNotes();
  readonly #depth: ReadingDepth;
  readonly #streams = new Map<number, OggStream>();
  readonly #pages: OggPageReader;
  readonly #totals: Totals = {
    channels: null,
    sampleRateHz: null,
    bitsPerSample: null,
    samples: 0,
    audioBytes: 0,
  };
  #primary: OggStream | null = null;
  #hasher: AudioHasher | null = null;
  #format: AudioFormat = 'ogg-other';
  #firstName: string | null = null;
  #trailer: TrailerReader | null = null;
  #sizeBytes: number;

  constructor(offset: number, depth: ReadingDepth) {
    this.#depth = depth;
    this.#sizeBytes = offset;
    this.#pages = startOggPages(
      { page: (view) => this.#page(view), gap: (gap) => this.#gap(gap) },
      offset,
    );
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#pages.push(chunk);
  }

  finish(): AudioReading {
    this.#pages.finish();
    for (const stream of this.#streams.values()) stream.finish(this.#sizeBytes);
    this.#endLink();
    const foreign = this.#trailer?.finish() ?? [];
    noteForeign(this.#notes, foreign);
    const isRead = this.#format !== 'ogg-other';
    if (!isRead && this.#notes.verdict.state === 'intact')
      this.#notes.verdict = {
        state: 'not-checked',
        code: 'AUDIO_NOT_CHECKED',
        detail: `Ogg with ${this.#firstName ?? 'nothing readable'}`,
      };
    return {
      format: this.#format,
      verdict: this.#notes.verdict,
      warnings: this.#notes.warnings,
      foreign,
      ...soundNumbers({ ...this.#totals, samples: isRead ? this.#totals.samples : null }),
      audioDigest: this.#hasher?.finish() ?? null,
      sizeBytes: this.#sizeBytes,
    };
  }

  #page(view: OggPageView): void {
    if (this.#trailer) {
      const [junk] = this.#trailer.finish();
      this.#trailer = null;
      noteDamage(
        this.#notes,
        'AUDIO_OGG_PAGE',
        'foreign bytes between pages',
        junk?.atByte ?? view.atByte,
      );
    }
    const { header } = view;
    if (header.flags & OGG_FIRST) this.#begin(view);
    const stream = this.#streams.get(header.serial);
    if (stream && !stream.hasEnded) stream.page(view);
    else if (this.#streams.size < MAX_STREAMS)
      noteDamage(
        this.#notes,
        'AUDIO_OGG_SEQUENCE',
        `a page of stream ${header.serial}, which ${stream ? 'has ended' : 'has not begun'}`,
        view.atByte,
      );
  }

  #begin(view: OggPageView): void {
    const { serial } = view.header;
    const isNewLink = [...this.#streams.values()].every((stream) => stream.hasEnded);
    if (isNewLink) {
      this.#endLink();
      this.#streams.clear();
    } else if (this.#streams.has(serial)) {
      noteDamage(this.#notes, 'AUDIO_OGG_SEQUENCE', `stream ${serial} begins twice`, view.atByte);
      return;
    }
    if (this.#streams.size >= MAX_STREAMS) return;
    const body = view.bytes.subarray(view.bodyAt, view.bodyEnd);
    const codec = oggCodecOf(body);
    this.#firstName ??= oggStreamName(body);
    const isPrimary = codec !== null && this.#primary === null;
    if (isPrimary) {
      if (!this.#hasher) this.#format = codec.format;
      this.#hasher ??= startAudioHasher(codec.label, this.#depth);
    } else if (!isNewLink)
      noteWarning(this.#notes, 'AUDIO_OGG_STREAMS', `also ${oggStreamName(body)}`, view.atByte);
    const stream = new OggStream(view, {
      codec,
      notes: this.#notes,
      hasher: isPrimary ? this.#hasher : null,
    });
    if (isPrimary) this.#primary = stream;
    this.#streams.set(serial, stream);
  }

  /** Adds the sound of the link that ends here to what came before. */
  #endLink(): void {
    const facts = this.#primary?.codec?.facts();
    const totals = this.#totals;
    if (this.#primary && facts) {
      const isFirst = totals.sampleRateHz === null;
      if (!isFirst && facts.sampleRateHz !== totals.sampleRateHz) {
        noteWarning(this.#notes, 'AUDIO_OGG_STREAMS', 'links of different sample rates');
        totals.samples = null;
      }
      totals.channels ??= facts.channels;
      totals.sampleRateHz ??= facts.sampleRateHz;
      totals.bitsPerSample ??= facts.bitsPerSample;
      const { samples } = this.#primary;
      totals.samples =
        totals.samples === null || samples === null ? null : totals.samples + samples;
      totals.audioBytes += this.#primary.audioBytes;
    }
    this.#primary = null;
  }

  #gap(gap: OggGap): void {
    const { kind, atByte } = gap;
    const hasEnded =
      this.#streams.size > 0 && [...this.#streams.values()].every((stream) => stream.hasEnded);
    if (kind === 'no-page' && hasEnded && this.#notes.verdict.state === 'intact') {
      this.#trailer ??= startTrailer(atByte);
      this.#trailer.push(gap.bytes);
    } else if (kind === 'checksum')
      noteDamage(this.#notes, 'AUDIO_OGG_CRC', 'the checksum of a page does not fit', atByte);
    else if (kind === 'cut')
      noteDamage(this.#notes, 'AUDIO_OGG_TRUNCATED', 'the file ends inside a page', atByte);
    else noteDamage(this.#notes, 'AUDIO_OGG_PAGE', 'bytes that are no page', atByte);
  }
}
