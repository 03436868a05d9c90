/**
 * The comment block of an Opus derivative: which fields go in, and the gain that players apply.
 *
 * R128_TRACK_GAIN is relative to -23 LUFS in Q7.8 (RFC 7845 section 5.2.1). Gains of other schemes and encoder names of
 * the source are left out: they describe bytes that are no longer there. See docs/formats/derivative.md.
 */
import { sha256 } from '../base/digest.ts';
import { decodePicture, PICTURE_FIELD } from '../formats/flac-picture.ts';
import { type CommentField, isCommentName } from '../formats/vorbis-comment.ts';

const REFERENCE_LUFS = -23;
/** A record takes 512 fields, of which one is the gain. */
const MAX_CARRIED = 511;
const INT16 = { min: -32_768, max: 32_767 };
/** Fields that only fit the source's bytes. An album's gain passes, since only the caller knows the album. */
const LEFT_OUT = /^(REPLAYGAIN_.*|R128_TRACK_GAIN|ENCODER|ENCODED-BY|ENCODEDBY|ENCODERSETTINGS)$/;

/** The gain for sound of `integratedLufs`: what brings it to -23 LUFS, in 1/256 dB; null for silence. */
export function gainQ8(integratedLufs: number | null): number | null {
  if (integratedLufs === null) return null;
  const gain = Math.round((REFERENCE_LUFS - integratedLufs) * 256);
  return Math.min(INT16.max, Math.max(INT16.min, gain));
}

/** The fields as they are written: `tags` in their order with names in capitals, then the track's gain. */
export function commentBlock(
  tags: readonly CommentField[],
  integratedLufs: number | null,
): CommentField[] {
  const carried = tags
    .map(([name, value]): CommentField => [name.toUpperCase(), value.toWellFormed()])
    .filter(([name]) => isCommentName(name) && !LEFT_OUT.test(name))
    .filter(([name, value]) => name !== PICTURE_FIELD || decodePicture(value) !== null)
    .slice(0, MAX_CARRIED);
  const gain = gainQ8(integratedLufs);
  return gain === null ? carried : [...carried, ['R128_TRACK_GAIN', String(gain)]];
}

/** `block` as a record keeps it: a picture stands as `sha256:` and the digest of its bytes. */
export function recordedBlock(block: readonly CommentField[]): [string, string][] {
  return block.map(([name, value]) => {
    const picture = name === PICTURE_FIELD ? decodePicture(value) : null;
    return [name, picture ? `sha256:${sha256(picture.bytes)}` : value];
  });
}
