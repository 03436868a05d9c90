/**
 * Which row of the catalogue a held track is, how sure that is and why; or that it cannot be told. Pure but for the look-ups
 * of its candidates. What two rows of different recordings fit alike is not decided. Rules: docs/matching.md.
 */
import type { CatalogueTrack } from '../catalogue/snapshot-look-up.ts';
import type { Description } from '../model/description.ts';
import type { TrackMatch } from '../model/match.ts';
import type { CandidateSource } from './find-candidates.ts';
import {
  artistForms,
  foldedName,
  isMistyped,
  type NameForm,
  otherReadings,
  saysNothing,
  titleForms,
} from './name-forms.ts';

/** A track that is held. */
export interface HeldTrack {
  readonly trackId: string;
  readonly description: Description;
  /** As measured; null when it was not. */
  readonly durationMs: number | null;
}

/** What came of one track. */
export type MatchDecision =
  | {
      readonly kind: 'matched';
      readonly row: CatalogueTrack;
      readonly by: 'mbid' | 'isrc' | 'names';
      readonly score: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'ambiguous';
      readonly by: TrackMatch['by'];
      readonly rows: readonly CatalogueTrack[];
      readonly why: string;
    }
  | { readonly kind: 'none' };

/** How far the durations of one recording may lie apart. */
const DURATION_TOLERANCE_MS = 3000;
/** How far those of one ISRC may, where all names are the same. */
const EDIT_TOLERANCE_MS = 30_000;
/** More tracks with one title than this tell nothing without an artist. */
const MOST_NAMESAKES = 300;
const MOST_NAMED = 50;

/** What a held track and a row have in common. */
interface Likeness {
  readonly row: CatalogueTrack;
  readonly title: 'same' | 'form' | 'other';
  readonly artist: 'same' | 'form' | 'other';
  readonly isAlbum: boolean;
  /** Whether what is held names no artist, and whether it names no title either. */
  readonly isAnonymous: boolean;
  readonly isNameless: boolean;
  /** Null when one of the two is unknown. */
  readonly apartMs: number | null;
}

/** The decision on `held`; rows in `refused` are not considered. */
export function decideMatch(
  held: HeldTrack,
  source: CandidateSource,
  refused: ReadonlySet<string>,
): MatchDecision {
  const judge = startJudge(held);
  const allowed = (rows: readonly CatalogueTrack[]) =>
    rows.filter(({ id }) => !refused.has(id)).map(judge);
  const { mbid, isrc } = held.description;
  let unsure: MatchDecision | undefined;
  if (mbid !== undefined) {
    const decision = decideByMbid(allowed(source.ofRecording(mbid)));
    if (decision.kind === 'matched') return decision;
    if (decision.kind === 'ambiguous') unsure = decision;
  }
  if (isrc !== undefined) {
    const decision = decideByIsrc(allowed(source.ofIsrc(isrc)));
    if (decision.kind === 'matched') return decision;
    if (decision.kind === 'ambiguous') unsure ??= decision;
  }
  const decision = decideByNames(allowed(namedRows(held.description, source)));
  if (decision.kind !== 'none') return decision;
  return decideOtherwise(held, source, refused) ?? unsure ?? decision;
}

/** What names decide that are read in another way, or mistyped in one letter; undefined when they decide nothing. */
function decideOtherwise(
  held: HeldTrack,
  source: CandidateSource,
  refused: ReadonlySet<string>,
): MatchDecision | undefined {
  const { title, artist, album } = held.description;
  const isAllowed = ({ id }: CatalogueTrack) => !refused.has(id);
  for (const names of otherReadings(title, artist)) {
    const description = { ...held.description, ...names };
    const rows = namedRows(description, source).filter(isAllowed);
    const fitting = fittingNames(rows.map(startJudge({ ...held, description })));
    if (fitting.length > 0) return choose('names', fitting.map(asForm));
  }
  const judge = startJudge(held);
  const likeness = artistForms(artist)
    .filter(({ terms }) => !saysNothing(terms))
    .flatMap(({ terms }) => source.byArtist(terms, foldedName(album ?? '')))
    .filter(isAllowed)
    .map(judge);
  const titles = titleForms(title, artist).filter(({ terms }) => !saysNothing(terms));
  const mistyped = likeness.filter(
    (like) =>
      isNear(like) &&
      like.artist !== 'other' &&
      titleForms(like.row.title, like.row.artist).some((form) =>
        titles.some(({ terms }) => isMistyped(terms, form.terms)),
      ),
  );
  return mistyped.length === 0 ? undefined : choose('names', mistyped);
}

/** Names that fit when they are read in another way are there in another form. */
function asForm(like: Likeness): Likeness {
  return { ...like, title: 'form', artist: 'form' };
}

/** All rows are the one recording; a contradiction in everything else says that the tag is wrong. */
function decideByMbid(found: readonly Likeness[]): MatchDecision {
  const fitting = found.filter(
    (like) => like.title !== 'other' || (isNear(like) && like.artist !== 'other'),
  );
  if (found.length === 0) return { kind: 'none' };
  const rows = found.map(({ row }) => row);
  if (fitting.length === 0)
    return { kind: 'ambiguous', by: 'mbid', rows, why: 'names and duration contradict the MBID' };
  return matched('mbid', bestOf(fitting));
}

/** One ISRC may stand on several recordings: names or duration must speak for the same one. */
function decideByIsrc(found: readonly Likeness[]): MatchDecision {
  if (found.length === 0) return { kind: 'none' };
  const fitting = found.filter(
    (like) =>
      (like.title !== 'other' && (!isFar(like) || isEdit(like))) ||
      ((like.artist !== 'other' || like.isNameless) && isNear(like)),
  );
  const rows = found.map(({ row }) => row);
  if (fitting.length === 0)
    return { kind: 'ambiguous', by: 'isrc', rows, why: 'names and duration contradict the ISRC' };
  return choose('isrc', fitting);
}

/** Artist and title fit, and the duration; where none is known, the album must. */
function decideByNames(found: readonly Likeness[]): MatchDecision {
  const fitting = fittingNames(found);
  return fitting.length === 0 ? { kind: 'none' } : choose('names', fitting);
}

/** Where nobody wrote who it is by, the album must speak in the artist's place. */
function fittingNames(found: readonly Likeness[]): Likeness[] {
  return found.filter(
    (like) =>
      like.title !== 'other' &&
      (like.artist !== 'other' || (like.isAnonymous && like.isAlbum)) &&
      (isNear(like) || (like.apartMs === null && like.isAlbum && !like.isAnonymous)),
  );
}

/** One recording, or the one that the album tells, or none. */
function choose(by: 'isrc' | 'names', fitting: readonly Likeness[]): MatchDecision {
  const sounds = soundsOf(fitting);
  if (sounds.length === 1) return matched(by, bestOf(fitting));
  const onAlbum = soundsOf(fitting.filter(({ isAlbum }) => isAlbum));
  if (onAlbum.length === 1) return matched(by, bestOf(onAlbum[0]!));
  return {
    kind: 'ambiguous',
    by,
    rows: sounds.map((sound) => bestOf(sound).row),
    why: `${sounds.length} recordings fit alike`,
  };
}

/** The rows by recording. Rows that a source does not group are one recording only when they are one row. */
function soundsOf(found: readonly Likeness[]): Likeness[][] {
  const sounds = new Map<string, Likeness[]>();
  for (const like of found) {
    const key = like.row.recordingId ?? like.row.id;
    sounds.set(key, [...(sounds.get(key) ?? []), like]);
  }
  return [...sounds.values()];
}

/** Of one recording: the track on the same album, then the nearest duration, then the highest. */
function bestOf(found: readonly Likeness[]): Likeness {
  const order = (like: Likeness) => [
    like.isAlbum ? 0 : 1,
    like.title === 'same' ? 0 : 1,
    Math.round((like.apartMs ?? DURATION_TOLERANCE_MS) / 1000),
    like.row.rank,
  ];
  return found.toSorted((a, b) => {
    const [first, second] = [order(a), order(b)];
    const at = first.findIndex((value, index) => value !== second[index]);
    return at < 0 ? 0 : first[at]! - second[at]!;
  })[0]!;
}

const BASE = { mbid: 0.99, isrc: 0.97, names: 0.93 } as const;

function matched(by: 'mbid' | 'isrc' | 'names', like: Likeness): MatchDecision {
  const { title, artist, isAlbum, apartMs, row } = like;
  const lost =
    (title === 'other' ? 0.08 : title === 'form' ? 0.02 : 0) +
    (artist === 'other' ? 0.06 : artist === 'form' ? 0.02 : 0) +
    (apartMs === null ? 0.05 : apartMs > DURATION_TOLERANCE_MS ? 0.08 : (apartMs / 1000) * 0.01);
  const score = Math.round(Math.min(1, BASE[by] - lost + (isAlbum ? 0.01 : 0)) * 1000) / 1000;
  return { kind: 'matched', row, by, score, reason: reasonOf(by, like) };
}

function reasonOf(by: keyof typeof BASE, { title, artist, isAlbum, apartMs }: Likeness): string {
  const told = { same: '', form: ' in another form', other: ' differs' };
  return [
    { mbid: 'same MBID', isrc: 'same ISRC', names: 'same names' }[by],
    `title${told[title] || ' is the same'}`,
    `artist${told[artist] || ' is the same'}`,
    ...(isAlbum ? ['album is the same'] : []),
    apartMs === null ? 'duration unknown' : `duration ${(apartMs / 1000).toFixed(1)} s apart`,
  ].join(', ');
}

function isNear({ apartMs }: Likeness): boolean {
  return apartMs !== null && apartMs <= DURATION_TOLERANCE_MS;
}

function isFar({ apartMs }: Likeness): boolean {
  return apartMs !== null && apartMs > DURATION_TOLERANCE_MS;
}

type Names = Pick<Description, 'title' | 'artist'>;

/** Rows with the artist and title in any of their forms; else those of the title alone, when it is no common one. */
function namedRows({ title: name, artist: by }: Names, source: CandidateSource): CatalogueTrack[] {
  const titles = titleForms(name, by);
  const artists = artistForms(by);
  if (titles.every(({ terms }) => saysNothing(terms))) return [];
  const rows = new Map<string, CatalogueTrack>();
  for (const title of titles)
    for (const artist of artists)
      for (const row of source.named(`${artist.terms} ${title.terms}`, MOST_NAMED).rows)
        rows.set(row.id, row);
  for (const title of titles) {
    const { rows: namesakes, isCut } = source.named(title.terms, MOST_NAMESAKES);
    if (!isCut) for (const row of namesakes) rows.set(row.id, row);
  }
  return [...rows.values()];
}

function startJudge({ description, durationMs }: HeldTrack): (row: CatalogueTrack) => Likeness {
  const titles = titleForms(description.title, description.artist);
  const artists = artistForms(description.artist);
  const album = foldedName(description.album ?? '');
  const isAnonymous = artists.every(({ terms }) => saysNothing(terms));
  const isNameless = isAnonymous && titles.every(({ terms }) => saysNothing(terms));
  return (row) => ({
    ...{ row, isAnonymous, isNameless },
    title: likeness(titles, titleForms(row.title, row.artist)),
    artist: likeness(artists, artistForms(row.artist)),
    isAlbum: album !== '' && foldedName(row.album ?? '') === album,
    apartMs:
      durationMs === null || row.durationMs === null ? null : Math.abs(durationMs - row.durationMs),
  });
}

/** Where title and artist and ISRC are the same, a difference of seconds is silence, or another edit of one recording. */
function isEdit({ title, artist, apartMs }: Likeness): boolean {
  return title === 'same' && artist === 'same' && apartMs! <= EDIT_TOLERANCE_MS;
}

function likeness(own: readonly NameForm[], others: readonly NameForm[]): Likeness['title'] {
  if (own[0] !== undefined && own[0].terms === others[0]?.terms) return 'same';
  const known = new Set(others.map(({ terms }) => terms));
  return own.some(({ terms }) => known.has(terms) && !saysNothing(terms)) ? 'form' : 'other';
}
