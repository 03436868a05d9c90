/**
 * The comment block of an Opus derivative: which fields go in, and the gain that players apply.
 *
 * R128_TRACK_GAIN is relative to -23 LUFS in Q7.8 (RFC 7845 section 5.2.1). Gains of other schemes and encoder names of
 * the source are left out: they describe bytes that are no longer there. See docs/formats/derivative.md.
 */
import { type CommentField, isCommentName } from '../formats/vorbis-comment.ts';

const REFERENCE_LUFS = -23;
/** A record takes 512 fields, of which one is the gain. */
const MAX_CARRIED = 511;
const INT16 = { min: -32_768, max: 32_767 };
/** Fields that only fit the source's bytes. An album's gain passes, since only the caller knows the album. */
const LEFT_OUT = /^(REPLAYGAIN_.*|R128_TRACK_GAIN|ENCODER|ENCODED-BY|ENCODEDBY|ENCODERSETTINGS)$/;

/** R128_TRACK_GAIN for sound of `integratedLufs`: what brings it to -23 LUFS, in 1/256 dB; null for silence. */
export function trackGainQ8(integratedLufs: number | null): number | null {
  if (integratedLufs === null) return null;
  const gain = Math.round((REFERENCE_LUFS - integratedLufs) * 256);
  return Math.min(INT16.max, Math.max(INT16.min, gain));
}

/** The fields as they are written: `tags` in their order with names in capitals, then the gain. */
export function commentBlock(
  tags: readonly CommentField[],
  integratedLufs: number | null,
): CommentField[] {
  const carried = tags
    .map(([name, value]): CommentField => [name.toUpperCase(), value.toWellFormed()])
    .filter(([name]) => isCommentName(name) && !LEFT_OUT.test(name))
    .slice(0, MAX_CARRIED);
  const gain = trackGainQ8(integratedLufs);
  return gain === null ? carried : [...carried, ['R128_TRACK_GAIN', String(gain)]];
}
