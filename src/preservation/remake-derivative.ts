/**
 * A derivative made again from its original by what its record says: the proof that the record is whole and that the
 * derivative is what it claims to be. docs/formats/derivative.md says what is promised.
 */
import type { AudioDoor } from '../audio/door.ts';
import { knownSound } from '../audio/known-sound.ts';
import { OPUS_SETTINGS } from '../audio/opus-settings.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { Finding } from '../base/errors.ts';
import { decodePicture, encodePicture, PICTURE_FIELD } from '../formats/flac-picture.ts';
import { startOggDemuxer } from '../formats/ogg-demuxer.ts';
import { type CommentField, decodeVorbisComment } from '../formats/vorbis-comment.ts';
import type { CoverSource } from '../model/cover.ts';
import type { Derivative, Holding, RecordedCover } from '../model/holding.ts';
import type { Store } from '../store/store.ts';

/** What making again works with. */
export interface RemakeDeps {
  readonly store: Pick<Store, 'read'>;
  readonly audio: Pick<AudioDoor, 'encodeOpus'>;
  /** Makes covers again; without it the picture is taken from the derivative by its recorded digest. */
  readonly covers?: Pick<CoverSource, 'coverAgain'>;
}

/** What came of making a derivative again. */
export type Remake =
  /** The same bytes. */
  | { readonly outcome: 'same' }
  /** Another engine or build, of which other bytes are to be expected. */
  | { readonly outcome: 'other-build'; readonly seen: string }
  /** The same build, and other bytes. */
  | { readonly outcome: 'different'; readonly seen: string }
  /** The original could not be encoded any more. */
  | { readonly outcome: 'refused'; readonly finding: Finding };

const OPUS_TAGS_BYTES = 8;

/** Makes `derivative` again from the original `holding` and compares the bytes. Throws when the store is damaged. */
export async function remakeDerivative(
  { holding, derivative }: { holding: Holding; derivative: Derivative },
  deps: RemakeDeps,
): Promise<Remake> {
  const { engine } = derivative;
  const again = await deps.audio.encodeOpus(
    { sizeBytes: holding.sizeBytes, chunks: () => deps.store.read(holding.digest) },
    {
      subject: holding.description?.title ?? holding.digest,
      settings: {
        bitrateBps: Number(engine.settings.bitrateBps ?? OPUS_SETTINGS.bitrateBps),
        complexity: Number(engine.settings.complexity ?? OPUS_SETTINGS.complexity),
      },
      tags: await recordedTags(derivative, deps),
      known: knownSound(holding),
      isWholeBlock: true,
    },
  );
  if (!again.ok) return { outcome: 'refused', finding: again.finding };
  const { bytes, record } = again.value;
  const made = sha256(bytes);
  if (made === derivative.digest) return { outcome: 'same' };
  if (record.build !== engine.build)
    return { outcome: 'other-build', seen: `made by ${engine.build}, this is ${record.build}` };
  return {
    outcome: 'different',
    seen: `made again it is ${made}, recorded is ${derivative.digest}`,
  };
}

/** The tag block as it was written: pictures, which are recorded by digest, in full again. */
async function recordedTags(derivative: Derivative, deps: RemakeDeps): Promise<CommentField[]> {
  const tags: CommentField[] = [];
  for (const [name, value] of derivative.engine.tagBlock) {
    const { cover } = derivative.engine;
    if (name !== PICTURE_FIELD) tags.push([name, value]);
    else if (cover) tags.push([name, await pictureText(cover, derivative.digest, deps)]);
  }
  return tags;
}

/** The picture made again by its record, or else the one in the derivative itself, if its digest is the recorded one. */
async function pictureText(
  cover: RecordedCover,
  derivative: Digest,
  { store, covers }: RemakeDeps,
): Promise<string> {
  const again = await covers?.coverAgain(cover.origin);
  const bytes =
    again && sha256(again.bytes) === cover.digest
      ? again.bytes
      : await pictureIn(derivative, cover.digest, store);
  const { mimeType, widthPx, heightPx } = cover;
  return encodePicture({ mimeType, widthPx, heightPx, bytes });
}

/** The bytes of the picture with `digest` in the comments of a derivative; none when it is not there. */
async function pictureIn(
  derivative: Digest,
  digest: Digest,
  store: Pick<Store, 'read'>,
): Promise<Uint8Array> {
  for (const [name, value] of await commentsOf(derivative, store)) {
    const picture = name.toUpperCase() === PICTURE_FIELD ? decodePicture(value) : null;
    if (picture && sha256(picture.bytes) === digest) return picture.bytes;
  }
  return new Uint8Array(0);
}

/** The comments of an Ogg Opus file in the store, of which no more is read than they take. */
async function commentsOf(
  digest: Digest,
  store: Pick<Store, 'read'>,
): Promise<readonly CommentField[]> {
  const demuxer = startOggDemuxer();
  let packets = 0;
  for await (const chunk of store.read(digest))
    for (const packet of demuxer.push(chunk)) {
      packets += 1;
      if (packets === 2) return decodeVorbisComment(packet.bytes, OPUS_TAGS_BYTES).comments;
    }
  return [];
}
