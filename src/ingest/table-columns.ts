/** The columns of a table of tracks and the headers people give them. Spec: docs/formats/tracks-table.md. */
import { FonotecaError } from '../base/errors.ts';

/** Every column with the other headers that mean it, all compared in lower case with `_` for spaces and hyphens. */
const COLUMNS = {
  path: ['file', 'filename', 'file_name', 'filepath', 'file_path'],
  title: ['track', 'track_title', 'song', 'name', 'track_name'],
  artist: ['artists', 'performer', 'track_artist', 'artist_name'],
  album: ['release', 'album_title', 'album_name'],
  album_artist: ['albumartist', 'release_artist'],
  number: ['track_number', 'tracknumber', 'track_no', 'no', 'position', 'nr'],
  disc: ['disc_number', 'discnumber', 'disk', 'disc_no'],
  date: ['year', 'release_date', 'released'],
  genre: ['genres', 'style'],
  isrc: [],
  mbid: ['musicbrainz_id', 'musicbrainz_recordingid', 'recording_mbid', 'musicbrainz_trackid'],
  popularity: [],
  plays: ['play_count', 'playcount', 'listens', 'streams'],
  licence: ['license', 'rights', 'licence_url', 'license_url'],
  holder: ['rights_holder', 'copyright', 'owner', 'rightsholder'],
  attribution: ['credit', 'credits'],
  evidence: ['url', 'source', 'source_url', 'proof', 'evidence_url'],
} as const satisfies Record<string, readonly string[]>;

/** A column's name. */
export type Column = keyof typeof COLUMNS;

/** Every column, in the order of the specification. */
const COLUMN_NAMES = Object.keys(COLUMNS) as readonly Column[];

/**
 * What each header of a table means, null for what is passed over. `mapping` gives for a column the header that
 * stands for it and wins; a header that is a column's own name wins over a synonym. `USAGE` for a mapping of no
 * known column.
 */
export function columnsOf(
  header: readonly string[],
  mapping: Readonly<Record<string, string>>,
): (Column | null)[] {
  const mapped = new Map<string, Column>();
  for (const [column, text] of Object.entries(mapping)) {
    if (!isColumn(column))
      throw new FonotecaError('USAGE', `no column ${column}; there are ${COLUMN_NAMES.join(', ')}`);
    mapped.set(folded(text), column);
  }
  const names = header.map(folded);
  const taken = new Set<Column>(mapped.values());
  const first = names.map((name) => mapped.get(name) ?? null);
  const own = names.map(
    (name, index) => first[index] ?? (isColumn(name) ? claim(name, taken) : null),
  );
  return names.map((name, index) => own[index] ?? claim(synonym(name), taken));
}

/** `column` if nothing stands for it yet. */
function claim(column: Column | null, taken: Set<Column>): Column | null {
  if (column === null || taken.has(column)) return null;
  taken.add(column);
  return column;
}

function synonym(name: string): Column | null {
  return (
    COLUMN_NAMES.find((column) => (COLUMNS[column] as readonly string[]).includes(name)) ?? null
  );
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name);
}

function folded(header: string): string {
  return header
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_');
}
