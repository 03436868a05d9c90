/** The tags of a derivative: the file's own, with what the ledger knows better laid over them, then gain and cover. */
import { encodePicture, PICTURE_FIELD } from '../formats/flac-picture.ts';
import type { ScaledCover } from '../model/cover.ts';
import { albumArtistOf, type Description } from '../model/description.ts';
import type { Holding } from '../model/holding.ts';
import { attributionOf } from '../model/rights.ts';

/** One field of a Vorbis comment block. */
export type TagField = readonly [name: string, value: string];

/** What a derivative carries beside its track's own words. */
export interface AlbumTags {
  /** In 1/256 dB; null when it is not known. */
  readonly albumGainQ8: number | null;
  readonly cover: ScaledCover | null;
}

/** Fields that a source has for its own bytes, or that are written from what is known of the album. */
const NOT_CARRIED = new Set(['R128_ALBUM_GAIN', PICTURE_FIELD, 'COVERART', 'COVERARTMIME']);

/**
 * The fields to write, in order: the ledger's description and rights first, then the file's own fields of other names,
 * the album's gain and the cover. Names are those of Vorbis comments as MusicBrainz Picard writes them.
 */
export function derivativeTags(
  holding: Holding,
  description: Description | null,
  { albumGainQ8, cover }: AlbumTags,
): TagField[] {
  const own = (holding.tags ?? []).map(([name, value]): TagField => [name.toUpperCase(), value]);
  const known = [
    ...(description === null ? [] : describedFields(description)),
    ...rightsFields(holding),
  ].flatMap((field) => severally(field, own));
  const names = new Set(known.map(([name]) => name));
  return [
    ...known,
    ...own.filter(([name]) => !names.has(name) && !NOT_CARRIED.has(name)),
    ...(albumGainQ8 === null ? [] : [['R128_ALBUM_GAIN', String(albumGainQ8)] as const]),
    ...(cover === null ? [] : [[PICTURE_FIELD, encodePicture(cover)] as const]),
  ];
}

/** Where the ledger joined several values of the file into one text, the file's own fields are written, one each. */
function severally([name, value]: TagField, own: readonly TagField[]): TagField[] {
  const values = own.filter(([other]) => other === name).map(([, text]) => text);
  const isJoined = values.length > 1 && [...new Set(values)].join('; ') === value;
  return isJoined ? values.map((text) => [name, text]) : [[name, value]];
}

function describedFields(description: Description): TagField[] {
  const fields: (readonly [string, string | number | undefined])[] = [
    ['TITLE', description.title],
    ['ARTIST', description.artist],
    ['ALBUM', description.album],
    ['ALBUMARTIST', description.album === undefined ? undefined : albumArtistOf(description)],
    ['TRACKNUMBER', description.trackNumber],
    ['DISCNUMBER', description.discNumber],
    ['DATE', description.date],
    ['GENRE', description.genre],
    ['ISRC', description.isrc],
    ['MUSICBRAINZ_TRACKID', description.mbid],
  ];
  return fields.flatMap(([name, value]): TagField[] =>
    value === undefined ? [] : [[name, String(value)]],
  );
}

function rightsFields({ rights }: Holding): TagField[] {
  const credit = attributionOf(rights);
  const fields: TagField[] = [];
  if (rights.licence !== null) fields.push(['LICENSE', rights.licence]);
  if (credit !== '') fields.push(['COPYRIGHT', credit]);
  return fields;
}
