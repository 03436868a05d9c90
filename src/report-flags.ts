/** Plausibility flags that a report counts beside the tables of a snapshot, and the bitmaps that search filters by. */
import type { SoundCount, TitleCount, ToldFlag } from './analytics/report-input.ts';
import type { Archive } from './archive.ts';
import { sha256 } from './base/digest.ts';
import { type FlagBits, startFlagBits, tracksNamedAlike } from './catalogue/flag-bitmaps.ts';
import type { Snapshot } from './catalogue/snapshot-look-up.ts';
import { mergedId } from './cataloguing.ts';
import type { HeldHolding } from './ledger/ledger.ts';
import { BULK_SOUND_FILES, BULK_TITLE_TRACKS, flagBit, TOLD_FLAGS } from './model/flags.ts';
import { foldText } from './model/fold.ts';
import type { Tables } from './tables/tables.ts';

/** What names and the sound of what is held say of a snapshot. */
export interface Told {
  /** The flags that follow from them. */
  readonly bits: FlagBits;
  readonly titles: readonly TitleCount[];
  readonly sounds: readonly SoundCount[];
}

/** Ranks of a told flag that the report names. */
const FIRST_RANKS = 100;
/** Titles that the report names. */
const TITLES = 50;
/** In a large catalogue, names that fewer tracks have are not looked at. */
const LARGE_TRACKS = 1_000_000;
/** So many of the most popular tracks of a name are looked at first: where their artists differ it is a title that many have. */
const PROBED_TRACKS = 8;

/** What is told of `snapshot` by its names and by `holdings`. A read of the names that are in bulk, and some rows of each. */
export async function tellOf(
  archive: Pick<Archive, 'disk' | 'ledger'>,
  snapshot: Snapshot,
  holdings: readonly HeldHolding[],
): Promise<Told> {
  const { tracks } = snapshot.manifest.rows;
  const bits = startFlagBits(tracks);
  const common: { rank: number; tracks: number }[] = [];
  const least = tracks < LARGE_TRACKS ? 2 : BULK_TITLE_TRACKS;
  for (const ranks of tracksNamedAlike(archive.disk, snapshot.directory, least)) {
    common.push({ rank: ranks[0]!, tracks: ranks.length });
    if (common.length > 100 * TITLES) keepMost(common);
    if (ranks.length >= BULK_TITLE_TRACKS)
      for (const rank of ofOneArtist(snapshot, ranks)) bits.add(rank, flagBit('same-title'));
  }
  const sounds = [...alike(holdings).values()];
  for (const group of sounds.filter(({ length }) => length >= BULK_SOUND_FILES))
    for (const { trackId } of group) {
      const rank = await rankOf(archive, snapshot, trackId);
      if (rank !== undefined) bits.add(rank, flagBit('same-sound'));
    }
  return { bits, titles: titlesOf(snapshot, common), sounds: soundCounts(sounds) };
}

/** The flags of `told` as a report takes them. */
export function toldFlags({ bits }: Told): ToldFlag[] {
  return TOLD_FLAGS.map((name) => ({ name, ...bits.told(flagBit(name), FIRST_RANKS) }));
}

/** Writes the bitmaps of all flags beside `snapshot`: those told, and those of the table `flagged`. */
export async function writeFlags(
  { disk }: Pick<Archive, 'disk'>,
  snapshot: Snapshot,
  tables: Tables,
  { bits }: Told,
): Promise<void> {
  for await (const lines of tables.lines('SELECT rank, flags FROM flagged'))
    for (const line of lines.toString('latin1').trimEnd().split('\n')) {
      const [rank, flags] = JSON.parse(line) as [number, number];
      bits.add(rank, flags);
    }
  bits.write(disk, snapshot.directory);
}

/** Those of `ranks`, which have the same title, whose artist has it in bulk. */
function ofOneArtist(snapshot: Snapshot, ranks: readonly number[]): number[] {
  const artistOf = (rank: number) => snapshot.names('tracks', rank).artist;
  const artist = artistOf(ranks[0]!);
  if (ranks.slice(1, PROBED_TRACKS).some((rank) => artistOf(rank) !== artist)) return [];
  const found = ranks.filter((rank) => artistOf(rank) === artist);
  return found.length >= BULK_TITLE_TRACKS ? found : [];
}

/** The titles of the most tracks; a title that one artist has on all of them was named twice. */
function titlesOf(snapshot: Snapshot, common: { rank: number; tracks: number }[]): TitleCount[] {
  keepMost(common);
  const rows = snapshot.tracksAt(common.map(({ rank }) => rank));
  const titles = new Map<string, TitleCount>();
  for (const [at, row] of rows.entries()) {
    const key = foldText(row?.title ?? '');
    if (row && !titles.has(key)) titles.set(key, { title: row.title, tracks: common[at]!.tracks });
  }
  return [...titles.values()].slice(0, TITLES);
}

/** Leaves twice as many as are named: an artist with a title is there beside the title. */
function keepMost(common: { rank: number; tracks: number }[]): void {
  common.sort((a, b) => b.tracks - a.tracks || a.rank - b.rank).splice(2 * TITLES);
}

function soundCounts(groups: readonly (readonly HeldHolding[])[]): SoundCount[] {
  const counts = new Map<number, number>();
  for (const { length } of groups) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([files, fingerprints]) => ({ files, fingerprints }));
}

/** Held audio files by their very same fingerprint. */
function alike(holdings: readonly HeldHolding[]): Map<string, HeldHolding[]> {
  const told = holdings.filter(
    ({ technical, withdrawn, dropped }) => technical?.fingerprint && !withdrawn && !dropped,
  );
  return Map.groupBy(told, ({ technical }) => sha256(technical!.fingerprint!));
}

async function rankOf(
  { ledger }: Pick<Archive, 'ledger'>,
  snapshot: Snapshot,
  trackId: string | null,
): Promise<number | undefined> {
  const match = trackId === null ? undefined : await ledger.matchOf(trackId);
  return match && snapshot.track(await mergedId(ledger, match.catalogueId))?.rank;
}
