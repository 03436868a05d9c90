/** The tags of a derivative: the file's own, with what the ledger knows better laid over them. */
import { albumArtistOf, type Description } from '../model/description.ts';
import type { Holding } from '../model/holding.ts';
import { attributionOf } from '../model/rights.ts';

/** One field of a Vorbis comment block. */
export type TagField = readonly [name: string, value: string];

/**
 * The fields to write, in order: the ledger's description and rights first, then the file's own fields of other
 * names. Names are those of Vorbis comments as MusicBrainz Picard writes them.
 */
export function derivativeTags(holding: Holding, description: Description | null): TagField[] {
  const known = [
    ...(description === null ? [] : describedFields(description)),
    ...rightsFields(holding),
  ];
  const names = new Set(known.map(([name]) => name));
  return [...known, ...(holding.tags ?? []).filter(([name]) => !names.has(name.toUpperCase()))];
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
