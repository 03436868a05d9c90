/**
 * The tags and pictures of a file in one shape, whatever container they came in, with the native values kept.
 *
 * Reading is by music-metadata; names become those of `tag-names.ts`. Text is capped, pictures are capped and told by
 * their own header, and every cap that bit leaves a note. Nothing here fails an item: unreadable tags are a note.
 */
import { type IAudioMetadata, type IOptions, parseBlob, parseBuffer } from 'music-metadata';
import { messageOf } from '../base/errors.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import { fieldsFromNative } from './native-names.ts';
import { type EmbeddedArt, readPictures, type TagNote } from './native-pictures.ts';
import type { SourceWindow } from './source-window.ts';
import { TAG_NAMES } from './tag-names.ts';

/** The tags of one kind in a file, as they stand there. */
export interface NativeTags {
  /** The container's name of the kind, such as `vorbis` or `ID3v2.4`. */
  readonly kind: string;
  readonly fields: readonly CommentField[];
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

/** All text of one file's tags, native and common each; lyrics of an opera are a tenth of it. */
const MAX_TEXT_BYTES = 64 * 1024;
/** What a holding's record takes (`src/model/holding.ts`). */
const MAX_VALUE_CHARACTERS = 8192;
const MAX_NAME_CHARACTERS = 200;
const MAX_FIELDS = 500;
/** Tags looked at, and values of one field. */
const MAX_READ = 5000;
const MAX_VALUES = 200;

/** The tags of the file in `window`. Never throws. */
export async function readTags(window: SourceWindow): Promise<TagReading> {
  const notes = new Set<TagNote>();
  let metadata: IAudioMetadata;
  try {
    metadata = await parseCapped(window, notes);
  } catch (error) {
    // The message names the reader's own offsets and sizes; the note is what a record can keep.
    return { common: [], native: [], art: [], notes: [noteFor(error)] };
  }
  const capNative = startTextCap(notes);
  const native = Object.entries(metadata.native).map(([kind, tags]) => ({
    kind,
    fields: capNative(firstOf(tags, notes).flatMap(({ id, value }) => nativeFields(id, value))),
  }));
  const capText = startTextCap(notes);
  const common = capText(commonFields(metadata, native));
  return { common, native, art: readPictures(metadata, notes), notes: [...notes] };
}

/** What the tag reader finds. It compares each value of a field with all before it, so these are kept few on the way. */
async function parseCapped(window: SourceWindow, notes: Set<TagNote>): Promise<IAudioMetadata> {
  const observer: NonNullable<IOptions['observer']> = ({ metadata, tag }) => {
    const values: unknown = metadata.common[tag.id as keyof IAudioMetadata['common']];
    if (!Array.isArray(values) || values.length <= MAX_VALUES) return;
    values.length = MAX_VALUES;
    notes.add('tags-capped');
  };
  const whole = window.whole();
  return whole
    ? parseBuffer(whole, undefined, { observer })
    : parseBlob(window.asBlob(), { observer });
}

/** As many as can be told from those that hold no text, and no more: each costs memory. */
function firstOf<T>(tags: readonly T[], notes: Set<TagNote>): readonly T[] {
  if (tags.length > MAX_READ) notes.add('tags-capped');
  return tags.slice(0, MAX_READ);
}

function noteFor(error: unknown): TagNote {
  return /too large|exceed/i.test(messageOf(error)) ? 'tags-capped' : 'tags-unreadable';
}

function commonFields({ common }: IAudioMetadata, native: readonly NativeTags[]): CommentField[] {
  const values: Record<string, unknown> = { ...common };
  // The reader makes up a list of artists out of the one name.
  if (common.artists?.length === 1 && common.artists[0] === common.artist) delete values.artists;
  values.comment = common.comment?.filter(({ descriptor }) => !isPrivate(descriptor));
  const read = TAG_NAMES.flatMap(([field, name]) =>
    textsOf(valueAt(values, name) ?? (name === 'date' ? common.year : undefined)).map(
      (text): CommentField => [field, text],
    ),
  );
  const present = new Set(read.map(([field]) => field));
  const filled = fieldsFromNative(
    native.flatMap(({ fields }) => fields),
    present,
  );
  const order = new Map(TAG_NAMES.map(([field], index) => [field, index]));
  return [...read, ...filled].sort(([a], [b]) => order.get(a)! - order.get(b)!);
}

/** Comments in which programs keep their own numbers, such as iTunNORM and iTunSMPB. */
function isPrivate(descriptor: string | undefined): boolean {
  return /^(?:iTun|Songs-DB_|MusicMatch_)/.test(descriptor ?? '');
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
  const name = id.slice(0, MAX_NAME_CHARACTERS);
  if (typeof value === 'string') return [[name, value]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[name, String(value)]];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  const members = Object.entries(value);
  if (!members.some(([, member]) => ArrayBuffer.isView(member)))
    return [[name, JSON.stringify(value)]];
  // An identifier of ID3 is bytes by its specification and text by everybody's use.
  const { owner_identifier: owner, identifier } = Object.fromEntries(members);
  return typeof owner === 'string' && identifier instanceof Uint8Array && identifier.length <= 64
    ? [
        [
          `${name}:${owner}`.slice(0, MAX_NAME_CHARACTERS),
          Buffer.from(identifier).toString('latin1'),
        ],
      ]
    : [];
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
