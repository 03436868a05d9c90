/**
 * The integrity of a FLAC file in one pass: every frame decoded and checked by CRC-16, the whole by sample count and
 * MD5 (RFC 9639; docs/formats/audio-integrity.md).
 */
import { startAudioHasher } from './audio-digest.ts';
import { startTrailer, type TrailerReader } from './audio-trailer.ts';
import {
  type AudioReader,
  noteDamage,
  noteWarning,
  soundNumbers,
  startNotes,
} from './audio-verdict.ts';
import { type FlacChecker, startFlacChecker } from './flac-checker.ts';
import { startFlacDecoder } from './flac-decoder.ts';
import { FLAC_BLOCK, type FlacStreamInfo } from './flac-metadata.ts';
import { decodeVorbisComment } from './vorbis-comment.ts';

/** Decoded bytes allowed whatever the size of the file: six hours of silence at CD quality. */
const FREE_PCM_BYTES = 4e9;
/** Decoded bytes allowed for each byte of the file; sound stays below 100. */
const MAX_EXPANSION = 400;

/** A reader of a FLAC stream whose first byte has position `offset` in its file. */
export function startFlacReader(offset = 0): AudioReader {
  const notes = startNotes();
  const hasher = startAudioHasher('flac');
  let info: FlacStreamInfo | null = null;
  let checker: FlacChecker | null = null;
  let trailer: TrailerReader | null = null;
  let sizeBytes = offset;
  let audioBytes = 0;
  let isOverBudget = false;
  let hasBlocks = false;
  let shape: { channels: number; sampleRateHz: number; bitsPerSample: number } | null = null;

  const decoder = startFlacDecoder(
    {
      metadata: ({ type, body, atByte }) => {
        if (type === FLAC_BLOCK.streamInfo ? hasBlocks || info !== null : !hasBlocks)
          noteWarning(notes, 'AUDIO_FLAC_METADATA', 'STREAMINFO is not the first block', atByte);
        hasBlocks = true;
        if (type !== FLAC_BLOCK.vorbisComment || !body) return;
        const comment = decodeVorbisComment(body);
        if (comment.cutShort || comment.refusedFields > 0)
          noteWarning(notes, 'AUDIO_TAGS_INVALID', 'the Vorbis comment block', atByte);
      },
      streamInfo: (found) => {
        info = found;
        shape = found;
        hasher.add(found.bytes);
        hasher.endUnit();
      },
      frame: (frame, bytes, atByte) => {
        checker ??= startFlacChecker(info, notes);
        checker.frame(frame, atByte);
        shape ??= { ...frame, channels: frame.channels.length };
        hasher.add(bytes);
        hasher.endUnit();
        audioBytes += bytes.length;
        isOverBudget ||=
          checker.pcmBytes() > Math.max(FREE_PCM_BYTES, MAX_EXPANSION * (atByte + bytes.length));
      },
      unframed: (bytes, atByte, isTrailing) => {
        if (!isTrailing) hasher.add(bytes);
        else {
          trailer ??= startTrailer(atByte);
          trailer.push(bytes);
        }
      },
      fault: ({ kind, detail }, atByte) => {
        const code = kind === 'cut' ? 'AUDIO_FLAC_TRUNCATED' : 'AUDIO_FLAC_FRAME';
        noteDamage(notes, kind === 'metadata' ? 'AUDIO_FLAC_METADATA' : code, detail, atByte);
      },
    },
    offset,
  );

  return {
    push(chunk) {
      sizeBytes += chunk.length;
      if (!isOverBudget) decoder.push(chunk);
    },
    finish() {
      if (!isOverBudget) {
        decoder.finish();
        checker ??= startFlacChecker(info, notes);
        checker.finish(sizeBytes);
      }
      const foreign = trailer?.finish() ?? [];
      for (const part of foreign)
        noteWarning(
          notes,
          'AUDIO_FOREIGN_DATA',
          `${part.kind}, ${part.sizeBytes} bytes`,
          part.atByte,
        );
      const numbers = soundNumbers({
        channels: shape?.channels ?? null,
        sampleRateHz: shape?.sampleRateHz ?? null,
        bitsPerSample: shape?.bitsPerSample ?? null,
        samples: isOverBudget ? null : (checker?.samples() ?? null),
        audioBytes,
      });
      if (isOverBudget && notes.verdict.state === 'intact')
        notes.verdict = {
          state: 'not-checked',
          code: 'AUDIO_BUDGET',
          detail: `${checker?.pcmBytes()} bytes of samples from ${sizeBytes} bytes`,
        };
      return {
        format: 'flac',
        verdict: notes.verdict,
        warnings: notes.warnings,
        foreign,
        ...numbers,
        audioDigest: isOverBudget ? null : hasher.finish(),
        sizeBytes,
      };
    },
  };
}
