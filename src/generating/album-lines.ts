/** The lines of albums, artists and redirects: one JSON object each. */
import type { Block } from './block.ts';
import { type ByteLine, put, putCount } from './byte-line.ts';
import { DRAWS, type Draws } from './draws.ts';
import type { GeneratedCatalogue } from './generated-columns.ts';
import {
  drawGenre,
  drawMarkets,
  GENRE_COUNTS,
  GENRED_SHARE,
  GENRES,
  marketsText,
  PLACES,
} from './genres-and-markets.ts';
import { putId, putUpc } from './identifiers.ts';
import { popularityOf } from './popularity.ts';
import { redirectionsOf } from './revisions.ts';
import { BLOCK_ALBUMS, BLOCK_ARTISTS, BLOCK_TRACKS } from './shape.ts';
import { putSortName } from './titles.ts';
import { TONGUES } from './wordbook.ts';

/** What lines are drawn with. */
interface Drawing {
  readonly draws: Draws;
  readonly catalogue: GeneratedCatalogue;
}

const text = (value: string) => new TextEncoder().encode(value);
const VARIOUS = text('Various Artists');
const [NO_WORDS, MANY_LANGUAGES] = [text('zxx'), text('mul')];
const GENRE_BYTES = GENRES.map((genre) => text(JSON.stringify(genre)));
const [END, TYPES] = [text('}\n'), ['album', 'single', 'ep', 'compilation'].map(text)];
/** Albums without a UPC, and those with that of an earlier one, of a hundred. */
const WITHOUT_UPC_PERCENT = 5;
const REPEATED_UPC_PERCENT = 3;
/** Texts of combinations that are kept, the ones that come most; the others are made each time. */
const KEPT_COMBINATIONS = 4096;
const keptMarkets: (Uint8Array | undefined)[] = [];

/** Appends the line of an album of `block`, counted from its first one. */
export function putAlbumLine(
  line: ByteLine,
  block: Block,
  album: number,
  { draws, catalogue }: Drawing,
): void {
  const number = block.number * BLOCK_ALBUMS + album;
  const first = block.firstTracks[album]!;
  // The last album may be cut short, as the whole is.
  const end = Math.min(block.firstTracks[album + 1]!, catalogue.rows - block.number * BLOCK_TRACKS);
  const artist = block.albumArtists[album]!;
  const isCompilation = block.isCompilation[album] === 1;
  put(line, KEYS.id);
  putId(line, draws, { kind: DRAWS.album, number, version: 1 });
  put(line, KEYS.title);
  put(line, block.albumTitles[album]!);
  put(line, KEYS.artist);
  put(line, isCompilation ? VARIOUS : block.artistNames[artist]!);
  put(line, KEYS.artistIds);
  const artistNumber = isCompilation ? 0 : block.number * BLOCK_ARTISTS + artist;
  putId(line, draws, { kind: DRAWS.artist, number: artistNumber, version: 1 });
  put(line, KEYS.date);
  put(line, block.albumDates[album]!);
  put(line, KEYS.label);
  put(line, block.albumLabels[album]!);
  put(line, KEYS.type);
  put(line, TYPES[isCompilation ? 3 : end - first <= 3 ? 1 : end - first <= 6 ? 2 : 0]!);
  draws.start(DRAWS.album ^ 0x44444444, number);
  const part = draws.below(100);
  const earlier = draws.below(number + 1);
  if (part >= WITHOUT_UPC_PERCENT) {
    put(line, KEYS.upc);
    putUpc(line, part < WITHOUT_UPC_PERCENT + REPEATED_UPC_PERCENT ? earlier : number);
  }
  const combination = drawMarkets(draws);
  if (combination >= 0) {
    put(line, KEYS.markets);
    put(line, marketBytes(combination));
  }
  const language = drawLanguage(draws, isCompilation, block.artistTongues[artist]!);
  if (language) {
    put(line, KEYS.language);
    put(line, language);
  }
  put(line, KEYS.tracks);
  putCount(line, end - first);
  put(line, KEYS.popularity);
  putCount(line, popularityOf(block.albumUnits[album]!));
  put(line, END);
}

const KEYS = {
  id: text('{"id":"'),
  title: text('","title":"'),
  name: text('","name":"'),
  artist: text('","artist":"'),
  artistIds: text('","artist_ids":["'),
  date: text('"],"date":"'),
  label: text('","label":"'),
  type: text('","type":"'),
  upc: text('","upc":"'),
  markets: text('","markets":"'),
  language: text('","language":"'),
  tracks: text('","tracks":'),
  popularity: text(',"popularity":'),
  followers: text('","followers":'),
  sortName: text('","sort_name":"'),
  place: text('","place":"'),
  genres: text(',"genres":['),
  from: text('{"from":"'),
  to: text('","to":"'),
  redirectEnd: text('"}\n'),
};
const [COMMA, LIST_END] = [text(','), text(']')];

/** The language of an album: of a hundred 35 tell none, 5 have no words, 4 are in English; then that of its artist. */
function drawLanguage(
  draws: Draws,
  isCompilation: boolean,
  tongue: number,
): Uint8Array | undefined {
  const part = draws.below(100);
  if (part < 35) return undefined;
  if (part < 40) return NO_WORDS;
  if (part < 44) return TONGUES[0]!.language;
  return isCompilation ? MANY_LANGUAGES : TONGUES[tongue]!.language;
}

function marketBytes(combination: number): Uint8Array {
  if (combination >= KEPT_COMBINATIONS) return text(marketsText(combination));
  keptMarkets[combination] ??= text(marketsText(combination));
  return keptMarkets[combination];
}

/** Appends the line of an artist of `block`, counted from its first one. */
export function putArtistLine(line: ByteLine, block: Block, artist: number, draws: Draws): void {
  const number = block.number * BLOCK_ARTISTS + artist;
  const name = block.artistNames[artist]!;
  put(line, KEYS.id);
  putId(line, draws, { kind: DRAWS.artist, number, version: 1 });
  put(line, KEYS.name);
  put(line, name);
  put(line, KEYS.sortName);
  putSortName(line, name);
  draws.start(DRAWS.artist ^ 0x44444444, number);
  if (draws.below(100) < 60) {
    put(line, KEYS.place);
    put(line, PLACE_BYTES[draws.below(PLACE_BYTES.length)]!);
  }
  const popularity = popularityOf(block.artistUnits[artist]!);
  put(line, KEYS.followers);
  // Ten to the power of 0 to 8: most have a handful, and who is popular has more.
  putCount(line, Math.floor(10 ** (draws.unit() ** 2 * 4 + popularity * 0.04)) - 1);
  put(line, KEYS.popularity);
  putCount(line, popularity);
  if (draws.unit() < GENRED_SHARE) {
    const count = GENRE_COUNTS[draws.below(GENRE_COUNTS.length)]!;
    const genres = new Set(Array.from({ length: count }, () => drawGenre(draws)));
    let before = KEYS.genres;
    for (const genre of genres) {
      put(line, before);
      put(line, GENRE_BYTES[genre]!);
      before = COMMA;
    }
    put(line, LIST_END);
  }
  put(line, END);
}

const PLACE_BYTES = PLACES.map(text);

/** Appends a line for each new id that revisions gave to a track, from the id before it. */
export function putRedirectLines(
  line: ByteLine,
  number: number,
  { draws, catalogue }: Drawing,
): void {
  let before = 1;
  for (const version of redirectionsOf(number, catalogue.revision, draws)) {
    put(line, KEYS.from);
    putId(line, draws, { kind: DRAWS.track, number, version: before });
    put(line, KEYS.to);
    putId(line, draws, { kind: DRAWS.track, number, version });
    put(line, KEYS.redirectEnd);
    before = version;
  }
}
