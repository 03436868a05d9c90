/**
 * The tags and pictures of a file in one shape, whatever container they came in, with the native values kept.
 *
 * Reading is by music-metadata; names become those of `tag-names.ts`. Text is capped, pictures are capped and told by
 * their own header, and every cap that bit leaves a note. Nothing here fails an item: unreadable tags are a note.
 */
import { type IAudioMetadata, type IPicture, parseBlob, parseBuffer } from 'music-metadata';
import { messageOf } from '../base/errors.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import { type ImageHeader, readImageHeader } from './image-header.ts';
import type { SourceWindow } from './source-window.ts';
import { TAG_NAMES } from './tag-names.ts';

/** The tags of one kind in a file, as they stand there. */
export interface NativeTags {
  /** The container's name of the kind, such as `vorbis` or `ID3v2.4`. */
  readonly kind: string;
  readonly fields: readonly CommentField[];
}

/** A picture out of a file. */
export interface EmbeddedArt extends ImageHeader {
  /** What the file says it shows, such as `Cover (front)`; empty when it does not. */
  readonly shows: string;
  readonly bytes: Uint8Array;
}

/** All that is read of tags. */
export interface TagReading {
  /** Fields by the common names, in the order of `TAG_NAMES`; several values are several fields. */
  readonly common: readonly CommentField[];
  readonly native: readonly NativeTags[];
  readonly art: readonly EmbeddedArt[];
  /** What was left out, and why. */
  readonly notes: readonly TagNote[];
}

/** Something left out of a reading. */
export type TagNote = 'tags-capped' | 'tags-unreadable' | 'art-capped' | 'art-unreadable';

/** All text of one file's tags, native and common each; lyrics of an opera are a tenth of it. */
const MAX_TEXT_BYTES = 64 * 1024;
/** What a holding's record takes (`src/model/holding.ts`). */
const MAX_VALUE_CHARACTERS = 8192;
const MAX_FIELDS = 500;
const MAX_ART_BYTES = 16 * 2 ** 20;
const MAX_PICTURES = 8;

/** The tags of the file in `window`. Never throws. */
export async function readTags(window: SourceWindow): Promise<TagReading> {
  const notes = new Set<TagNote>();
  let metadata: IAudioMetadata;
  try {
    const whole = window.whole();
    metadata = await (whole ? parseBuffer(whole) : parseBlob(window.asBlob()));
  } catch (error) {
    // The message names the reader's own offsets and sizes; the note is what a record can keep.
    return { common: [], native: [], art: [], notes: [noteFor(error)] };
  }
  const capText = startTextCap(notes);
  const common = capText(commonFields(metadata));
  const capNative = startTextCap(notes);
  const native = Object.entries(metadata.native).map(([kind, tags]) => ({
    kind,
    fields: capNative(tags.flatMap(({ id, value }) => nativeFields(id, value))),
  }));
  return { common, native, art: pictures(metadata.common.picture ?? [], notes), notes: [...notes] };
}

function noteFor(error: unknown): TagNote {
  return /too large|exceed/i.test(messageOf(error)) ? 'tags-capped' : 'tags-unreadable';
}

function commonFields({ common }: IAudioMetadata): CommentField[] {
  const values: Record<string, unknown> = { ...common };
  // The reader makes up a list of artists out of the one name.
  if (common.artists?.length === 1 && common.artists[0] === common.artist) delete values.artists;
  return TAG_NAMES.flatMap(([field, name]) =>
    textsOf(valueAt(values, name) ?? (name === 'date' ? common.year : undefined)).map(
      (text): CommentField => [field, text],
    ),
  );
}

/** `track.no` is a member of a member; other names may hold a colon but no point. */
function valueAt(values: Readonly<Record<string, unknown>>, name: string): unknown {
  const [first, second] = name.split('.');
  const value = values[first!];
  if (!second) return value;
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[second]
    : undefined;
}

/** The texts in a common value: a text, number or flag, a comment's text, or a list of these. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(textsOf))];
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? [String(value)] : [];
  if (typeof value === 'boolean') return value ? ['1'] : [];
  if (typeof value === 'object' && value !== null && 'text' in value) return textsOf(value.text);
  return [];
}

/** Native values as text; pictures and other binary values are not text and are left to the file itself. */
function nativeFields(id: string, value: unknown): CommentField[] {
  if (typeof value === 'string') return [[id, value]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[id, String(value)]];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if (Object.values(value).some((member) => ArrayBuffer.isView(member))) return [];
  return [[id, JSON.stringify(value)]];
}

/** A function that passes fields until their text reaches the cap. */
function startTextCap(notes: Set<TagNote>): (fields: readonly CommentField[]) => CommentField[] {
  let left = MAX_TEXT_BYTES;
  let count = 0;
  return (fields) =>
    fields.filter(([name, value]) => {
      const size = name.length + Buffer.byteLength(value);
      const fits = size <= left && value.length <= MAX_VALUE_CHARACTERS && count < MAX_FIELDS;
      if (fits) {
        left -= size;
        count += 1;
      } else notes.add('tags-capped');
      return fits;
    });
}

function pictures(found: readonly IPicture[], notes: Set<TagNote>): EmbeddedArt[] {
  if (found.length > MAX_PICTURES) notes.add('art-capped');
  return found.slice(0, MAX_PICTURES).flatMap((picture): EmbeddedArt[] => {
    if (picture.data.length > MAX_ART_BYTES) {
      notes.add('art-capped');
      return [];
    }
    const header = readImageHeader(picture.data);
    if (!header) {
      notes.add('art-unreadable');
      return [];
    }
    return [{ ...header, shows: (picture.type ?? '').slice(0, 100), bytes: picture.data }];
  });
}
