/**
 * What one pass over the bytes of an audio file tells: the shape all format readers share.
 *
 * Nothing here believes a decoder's exit status or a file name. See docs/formats/audio-integrity.md for what each
 * verdict rests on, which damage each format can show, and how the audio digest is made.
 */

import type { Digest } from '../base/digest.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';

/** An audio format by container and codec; those after `aiff` are recognised but not read. */
export type AudioFormat = ReadFormat | UnreadFormat;

/** The formats whose integrity is read. */
export type ReadFormat =
  | 'ogg-vorbis'
  | 'ogg-opus'
  | 'ogg-flac'
  | 'flac'
  | 'mp3'
  | 'mp2'
  | 'mp1'
  | 'wav'
  | 'aiff';

/** The formats that are named and left unread. */
export type UnreadFormat =
  | 'ogg-other'
  | 'aac'
  | 'ape'
  | 'asf'
  | 'dsd'
  | 'matroska'
  | 'midi'
  | 'mp4'
  | 'musepack'
  | 'optimfrog'
  | 'tta'
  | 'wavpack';

/** What the bytes say about their own soundness. `damaged` means damaged at the source: stored as it is, and said. */
export interface AudioVerdict {
  readonly state: 'intact' | 'damaged' | 'not-checked' | 'not-audio';
  /** Why, unless intact. */
  readonly code?: ErrorCode;
  /** What was seen, on one line. */
  readonly detail?: string;
  /** Position of the first byte that cannot be right. */
  readonly atByte?: number;
}

/** Something odd that leaves the verdict as it is. */
export interface AudioWarning {
  readonly code: ErrorCode;
  readonly seen: string;
  readonly atByte?: number;
}

/** Bytes before or behind the audio that belong to no part of the format. */
export interface ForeignData {
  readonly kind: 'id3v1' | 'id3v2' | 'ape' | 'lyrics3' | 'zeros' | 'junk';
  readonly atByte: number;
  readonly sizeBytes: number;
}

/** What a Broadcast WAV says of itself beside its tags. */
export interface EmbeddedNotes {
  /** Fields of the bext chunk by their names in docs/formats/audio-integrity.md. */
  readonly bext?: Readonly<Record<string, string>>;
  readonly ixml?: string;
  /** In the order of their places; at most 1,024. */
  readonly cues?: readonly { readonly atSample: number; readonly label?: string }[];
}

/** Everything one pass tells. Numbers are null where the bytes do not state or imply them. */
export interface AudioReading {
  readonly format: AudioFormat | null;
  readonly verdict: AudioVerdict;
  readonly warnings: readonly AudioWarning[];
  readonly foreign: readonly ForeignData[];
  readonly channels: number | null;
  readonly sampleRateHz: number | null;
  /** Samples to be heard, of one channel. */
  readonly samples: number | null;
  readonly durationMs: number | null;
  /** Mean over the audio bytes, without tags. */
  readonly bitrateKbps: number | null;
  readonly bitsPerSample: number | null;
  /** SHA-256 over the audio without its tags; null for what is not read. */
  readonly audioDigest: Digest | null;
  readonly sizeBytes: number;
  /** Present where a WAVE file holds any. */
  readonly embedded?: EmbeddedNotes;
}

/**
 * How deep a reader goes. `whole`: all the format lets one check, and the audio digest. `checksums`: for fixity passes over
 * what was read whole before: FLAC frames by their CRC-16 without decoding, no MD5 and no audio digest.
 */
export type ReadingDepth = 'whole' | 'checksums';

/** A reader to feed in order with chunks of any size. */
export interface AudioReader {
  push(chunk: Uint8Array): void;
  finish(): AudioReading;
}

/** What a reader knows of the sound when it finishes. */
export interface SoundFacts {
  readonly channels: number | null;
  readonly sampleRateHz: number | null;
  readonly samples: number | null;
  readonly audioBytes: number;
  readonly bitsPerSample?: number | null;
}

/** The numbers of a reading, derived from what the reader counted. */
export function soundNumbers(
  facts: SoundFacts,
): Pick<
  AudioReading,
  'channels' | 'sampleRateHz' | 'samples' | 'durationMs' | 'bitrateKbps' | 'bitsPerSample'
> {
  const { channels, sampleRateHz, samples, audioBytes } = facts;
  const isTimed = samples !== null && sampleRateHz !== null && sampleRateHz > 0;
  const durationMs = isTimed ? Math.round((samples * 1000) / sampleRateHz) : null;
  return {
    channels,
    sampleRateHz,
    samples,
    durationMs,
    bitrateKbps: durationMs ? Math.round((audioBytes * 8) / durationMs) : null,
    bitsPerSample: facts.bitsPerSample ?? null,
  };
}

/** A reading of bytes in which there is no sound to count. */
export function readingWithoutSound(
  verdict: AudioVerdict,
  format: AudioFormat | null,
  rest: Pick<AudioReading, 'sizeBytes'> & Partial<Pick<AudioReading, 'warnings' | 'foreign'>>,
): AudioReading {
  return {
    format,
    verdict,
    warnings: rest.warnings ?? [],
    foreign: rest.foreign ?? [],
    ...soundNumbers({ channels: null, sampleRateHz: null, samples: null, audioBytes: 0 }),
    audioDigest: null,
    sizeBytes: rest.sizeBytes,
  };
}

/** The first damage and the warnings met on the way, as one reader collects them. */
export interface VerdictNotes {
  verdict: AudioVerdict;
  readonly warnings: AudioWarning[];
}

/** A file may have a warning for each page or frame; the first of them tell the story. */
const MAX_WARNINGS = 20;

/** Notes of a file nothing is known against. */
export function startNotes(): VerdictNotes {
  return { verdict: { state: 'intact' }, warnings: [] };
}

/** Records damage; only the first decides the verdict. */
export function noteDamage(
  notes: VerdictNotes,
  code: ErrorCode,
  detail: string,
  atByte: number,
): void {
  if (notes.verdict.state === 'intact') notes.verdict = { state: 'damaged', code, detail, atByte };
}

/** Records something odd, once for each code and text. */
export function noteWarning(
  notes: VerdictNotes,
  code: ErrorCode,
  seen: string,
  atByte?: number,
): void {
  if (notes.warnings.length >= MAX_WARNINGS) return;
  if (notes.warnings.some((warning) => warning.code === code && warning.seen === seen)) return;
  notes.warnings.push(atByte === undefined ? { code, seen } : { code, seen, atByte });
}

/** Records bytes that are no part of the format. */
export function noteForeign(notes: VerdictNotes, foreign: readonly ForeignData[]): void {
  for (const { kind, sizeBytes, atByte } of foreign)
    noteWarning(notes, 'AUDIO_FOREIGN_DATA', `${kind}, ${sizeBytes} bytes`, atByte);
}
