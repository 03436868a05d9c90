/**
 * FLAC frames held against STREAMINFO: sample count, MD5, frame numbers and properties (RFC 9639 sections 8.2 and 9.1).
 * Used for FLAC files and for FLAC in Ogg alike.
 */
import crypto from 'node:crypto';
import { noteDamage, noteWarning, type ReadingDepth, type VerdictNotes } from './audio-verdict.ts';
import type { FlacFrame } from './flac-frame.ts';
import type { FlacStreamInfo } from './flac-metadata.ts';

/** Takes frames in order and judges them at the end. */
export interface FlacChecker {
  frame(frame: FlacFrame, atByte: number): void;
  /** Records what the whole shows, with `endByte` as the place of what is missing. */
  finish(endByte: number): void;
  /** Samples of one channel seen so far. */
  samples(): number;
  /** Samples of all channels in bytes: what decoding them costs. */
  pcmBytes(): number;
}

/**
 * A checker that writes to `notes`; `info` is null for a stream without STREAMINFO. At the depth of checksums the frames
 * have no samples, and the MD5 is left alone.
 */
export function startFlacChecker(
  info: FlacStreamInfo | null,
  notes: VerdictNotes,
  depth: ReadingDepth = 'whole',
): FlacChecker {
  const statedMd5 = depth === 'whole' ? info?.md5 : null;
  const md5 = crypto.createHash('md5');
  let interleaved = Buffer.alloc(0);
  let samples = 0;
  let pcmBytes = 0;
  let first: FlacFrame | null = null;
  let next: number | null = null;

  return {
    frame(frame, atByte) {
      if (!first) {
        first = { ...frame, channels: [...frame.channels] };
        if (info) compareProperties(frame, info, notes, atByte);
      } else if (!isAlike(frame, first))
        noteWarning(
          notes,
          'AUDIO_FLAC_METADATA',
          'rate, channels or depth change on the way',
          atByte,
        );
      if (info && frame.samples > info.maxBlockSize)
        noteWarning(notes, 'AUDIO_FLAC_METADATA', 'a block longer than STREAMINFO allows', atByte);
      const { codedNumber, hasVariableBlockSize } = frame.header;
      if (next !== null && codedNumber !== next)
        noteDamage(
          notes,
          'AUDIO_FLAC_SEQUENCE',
          `frame number ${codedNumber} where ${next} was due`,
          atByte,
        );
      next = codedNumber + (hasVariableBlockSize ? frame.samples : 1);
      samples += frame.samples;
      const byteCount = frame.samples * frame.header.channels * Math.ceil(frame.bitsPerSample / 8);
      pcmBytes += byteCount;
      if (statedMd5) {
        if (interleaved.length < byteCount) interleaved = Buffer.alloc(byteCount);
        interleave(frame, interleaved);
        md5.update(interleaved.subarray(0, byteCount));
      }
    },
    finish(endByte) {
      if (!info) {
        noteWarning(notes, 'AUDIO_FLAC_METADATA', 'no STREAMINFO');
        noteWarning(notes, 'AUDIO_CUT_INVISIBLE', 'neither a sample count nor an MD5 is stated');
        return;
      }
      if (info.totalSamples > 0 && samples !== info.totalSamples)
        noteDamage(
          notes,
          'AUDIO_FLAC_COUNT',
          `${samples} samples where STREAMINFO states ${info.totalSamples}`,
          endByte,
        );
      if (statedMd5 && md5.digest('hex') !== statedMd5)
        noteDamage(notes, 'AUDIO_FLAC_MD5', 'the MD5 of the samples differs', endByte);
      if (!statedMd5 && info.totalSamples === 0)
        noteWarning(notes, 'AUDIO_CUT_INVISIBLE', 'neither a sample count nor an MD5 is stated');
    },
    samples: () => samples,
    pcmBytes: () => pcmBytes,
  };
}

function compareProperties(
  frame: FlacFrame,
  info: FlacStreamInfo,
  notes: VerdictNotes,
  atByte: number,
): void {
  const rows: [name: string, seen: number, stated: number][] = [
    ['channels', frame.header.channels, info.channels],
    ['bits a sample', frame.bitsPerSample, info.bitsPerSample],
    ['Hz', frame.sampleRateHz, info.sampleRateHz],
  ];
  for (const [name, seen, stated] of rows)
    if (seen !== stated)
      noteDamage(
        notes,
        'AUDIO_FLAC_METADATA',
        `${seen} ${name} in the frames, ${stated} in STREAMINFO`,
        atByte,
      );
}

function isAlike(a: FlacFrame, b: FlacFrame): boolean {
  return (
    a.header.channels === b.header.channels &&
    a.bitsPerSample === b.bitsPerSample &&
    a.sampleRateHz === b.sampleRateHz
  );
}

/** Samples interleaved, signed, little-endian, in whole bytes: the form whose MD5 STREAMINFO holds. */
function interleave(frame: FlacFrame, out: Buffer): void {
  const width = Math.ceil(frame.bitsPerSample / 8);
  const stride = width * frame.channels.length;
  for (const [index, channel] of frame.channels.entries()) {
    let at = index * width;
    if (width === 2) {
      for (let sample = 0; sample < frame.samples; sample++, at += stride) {
        out[at] = channel[sample]!;
        out[at + 1] = channel[sample]! >> 8;
      }
      continue;
    }
    for (let sample = 0; sample < frame.samples; sample++, at += stride) {
      let value = channel[sample]!;
      for (let byte = 0; byte < width; byte++) {
        out[at + byte] = value;
        value >>= 8;
      }
    }
  }
}
