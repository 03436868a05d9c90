/**
 * What is held, by rank of a snapshot: a bitmap for each group beside the snapshot's files, and how far in the ledger's
 * history it was made from. Derived: it is brought up to date without a build, and made anew when it is gone.
 * Layout: docs/matching.md.
 */
import path from 'node:path';
import { z } from 'zod';
import { type Disk, readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import type { RankSet } from './document-cursor.ts';
import { tryRankBitmap, writeRankBitmap } from './rank-bitmap.ts';
import { SEARCH_GROUPS, type SearchGroup } from './search-documents.ts';
import { heldName } from './search-files.ts';
import type { Snapshot } from './snapshot-look-up.ts';

const stateSchema = z.strictObject({
  format: z.literal('fonoteca-held/1'),
  /** The place in the ledger's history that it was made from. */
  seq: z.int().nonnegative(),
  /** The place at which they last came to say something else: who has read them since need not read them again. */
  since: z.int().nonnegative(),
  /** Rows of tracks that are held. */
  tracks: z.int().nonnegative(),
});
/** How far the bitmaps have come. */
export type HeldState = z.infer<typeof stateSchema>;

/** The name of the file that says how far they have come. */
const STATE = 'held.json';

/** How far the bitmaps beside the snapshot in `directory` have come; undefined when they are to be made anew. */
export function readHeldState(disk: Disk, directory: string): HeldState | undefined {
  const file = path.join(directory, STATE);
  if (!disk.stat(file)) return undefined;
  try {
    return stateSchema.parse(JSON.parse(readWhole(disk, file).toString('utf8')));
  } catch {
    // Derived and small: what cannot be read is made anew.
    return undefined;
  }
}

/** The bitmaps beside the snapshot in `directory` that are gone or damaged, though the state says what is in them. Reads all of them. */
export function checkHeld(disk: Disk, directory: string): Finding[] {
  if (!readHeldState(disk, directory)) return [];
  return SEARCH_GROUPS.flatMap((group) => {
    const name = heldName(group);
    const read = tryRankBitmap(disk, path.join(directory, name));
    return read instanceof FonotecaError ? [findingFrom(read, name)] : [];
  });
}

/**
 * Writes the bitmaps of the tracks with `ids` (ids of the catalogue; those unknown to the snapshot are passed over), of
 * their albums and of their artists. With `before`, they are added to what is there, which `checkHeld` found no fault with; a bitmap
 * that would say the same stays, one that cannot be read is made anew. The state comes last: a kill before it leaves the same
 * work to be done again. Memory: one bit a row of each group. Time: half a millisecond an id.
 */
export function writeHeld(
  disk: Disk,
  snapshot: Snapshot,
  ids: Iterable<string>,
  { seq, before }: { seq: number; before: HeldState | undefined },
): HeldState {
  const held = ranksOf(snapshot, ids);
  const last = readHeldState(disk, snapshot.directory);
  let isChanged = last === undefined;
  for (const group of SEARCH_GROUPS) {
    const file = path.join(snapshot.directory, heldName(group));
    const read = last && tryRankBitmap(disk, file);
    const past = read instanceof FonotecaError ? undefined : read;
    const now = held[group];
    if (past && before) for (const rank of membersOf(past)) now.add(rank);
    if (past && isSame(past, now)) continue;
    // Without its state a set of bitmaps is made anew: a kill from here on leaves no half of a change.
    disk.unlink(path.join(snapshot.directory, STATE));
    isChanged = true;
    const temporary = `${file}.tmp`;
    disk.unlink(temporary);
    // A group without rows has a bitmap all the same, of one word.
    const rows = Math.max(1, snapshot.manifest.rows[group]);
    writeRankBitmap(disk, { file, temporary }, now, rows);
  }
  const since = isChanged ? seq : last!.since;
  const state: HeldState = { format: 'fonoteca-held/1', seq, since, tracks: held.tracks.size };
  const file = path.join(snapshot.directory, STATE);
  putFile(disk, file, `${JSON.stringify(state)}\n`, { replace: true });
  return state;
}

function ranksOf(snapshot: Snapshot, ids: Iterable<string>): Record<SearchGroup, Set<number>> {
  const held = {
    tracks: new Set<number>(),
    albums: new Set<number>(),
    artists: new Set<number>(),
  };
  for (const id of ids) {
    const track = snapshot.track(id);
    if (!track) continue;
    held.tracks.add(track.rank);
    const album = track.albumId === null ? undefined : snapshot.album(track.albumId);
    if (album) held.albums.add(album.rank);
    for (const artistId of track.artistIds) {
      const artist = snapshot.artist(artistId);
      if (artist) held.artists.add(artist.rank);
    }
  }
  return held;
}

function isSame(past: RankSet, now: ReadonlySet<number>): boolean {
  return past.count === now.size && membersOf(past).every((rank) => now.has(rank));
}

function* membersOf(set: RankSet): Generator<number> {
  for (let rank = set.next(0); rank >= 0; rank = set.next(rank + 1)) yield rank;
}
