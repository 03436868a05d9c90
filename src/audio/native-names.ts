/**
 * Native tag names that mean a common field and that the tag reader passes over: its tables differ from container to
 * container, and the same tag is to say the same in all of them. Only gaps are filled; what was read stays.
 */
import type { CommentField } from '../formats/vorbis-comment.ts';
import { TAG_NAMES } from './tag-names.ts';

/** Names in capitals, without what a container puts before names of people's own. */
const ALIASES: Readonly<Record<string, string>> = {
  'ALBUM ARTIST': 'ALBUMARTIST',
  ALBUM_ARTIST: 'ALBUMARTIST',
  TOTALTRACKS: 'TRACKTOTAL',
  TRACKC: 'TRACKTOTAL',
  TOTALDISCS: 'DISCTOTAL',
  DISCC: 'DISCTOTAL',
  DISC: 'DISCNUMBER',
  PUBLISHER: 'LABEL',
  ORGANIZATION: 'LABEL',
  YEAR: 'DATE',
  DESCRIPTION: 'COMMENT',
  LICENCE: 'LICENSE',
  UNSYNCEDLYRICS: 'LYRICS',
  'WM/COMMENTS': 'COMMENT',
  'WM/ISCOMPILATION': 'COMPILATION',
  'WM/BEATSPERMINUTE': 'BPM',
  'WM/LYRICS': 'LYRICS',
  'WM/ALBUMARTIST': 'ALBUMARTIST',
  'WM/COMPOSER': 'COMPOSER',
  'WM/PUBLISHER': 'LABEL',
};
const FIELDS: ReadonlySet<string> = new Set(TAG_NAMES.map(([field]) => field));
const OWN_NAME = /^(?:TXXX:|----:[^:]*:)/;
const COUNTS: ReadonlySet<string> = new Set([
  'TRACKNUMBER',
  'TRACKTOTAL',
  'DISCNUMBER',
  'DISCTOTAL',
  'BPM',
]);

/** The common field that the native tag `id` means, or undefined. */
function commonNameOf(id: string): string | undefined {
  const name = id.replace(OWN_NAME, '').toUpperCase();
  return FIELDS.has(name) ? name : ALIASES[name];
}

/** The fields among `native` that mean a common field not in `present`, each with the values of one native name. */
export function fieldsFromNative(
  native: readonly CommentField[],
  present: ReadonlySet<string>,
): CommentField[] {
  const from = new Map<string, { id: string; values: Set<string> }>();
  for (const [id, text] of native) {
    const field = commonNameOf(id);
    if (field === undefined || present.has(field) || !isTelling(field, text)) continue;
    const found = from.get(field) ?? { id, values: new Set<string>() };
    // A second name for the same thing says the same again, or something else that nobody can choose between.
    if (found.id === id) found.values.add(asWritten(field, text));
    from.set(field, found);
  }
  return [...from].flatMap(([field, { values }]) =>
    [...values].map((text): CommentField => [field, text]),
  );
}

function asWritten(field: string, text: string): string {
  if (field === 'COMPILATION') return '1';
  return COUNTS.has(field) ? String(Number(text)) : text;
}

function isTelling(field: string, text: string): boolean {
  if (COUNTS.has(field)) return /^0*[1-9]\d{0,8}$/.test(text.trim());
  if (field === 'COMPILATION') return text === '1' || text === 'true';
  return text.trim() !== '';
}
