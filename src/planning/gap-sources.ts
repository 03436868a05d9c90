/**
 * Who might give lawfully what a plan wants and the archive does not hold: sources by kind and host, each with the number
 * of tracks, over all of the gap. Links are read once, then the tracks once. Memory: 4 bytes an artist and album, and a
 * track where tracks have links of their own, beside the hosts.
 */
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import type { LinkRow } from '../model/catalogue-row.ts';
import { HELD, isPlanned, RIGHT_MASK, RIGHT_SHIFT } from './plan-code.ts';
import type { OpenPlan } from './plan-file.ts';
import { checkOrder, groupsSql, type PlanSource } from './plan-input.ts';

/** How a source gives: `download` where a licence allows it, `purchase` in a shop, `ask` where its maker can be reached. */
export type SourceKind = 'download' | 'purchase' | 'ask';

/** Tracks of the gap that have at least one source of a kind at a host; `none` are those without any. */
export interface SourceCount {
  readonly how: SourceKind | 'none';
  readonly host: string;
  readonly tracks: number;
}

/** Counts that are told, the most tracks first. */
const MOST_TOLD = 1000;

/** Only what asks nobody to break a door: audio where a licence allows it, a shop, the maker's own page. */
export function sourceKind(kind: LinkRow['kind']): SourceKind | undefined {
  if (kind === 'purchase') return 'purchase';
  if (kind === 'homepage' || kind === 'patronage') return 'ask';
  return kind === 'audio' ? 'download' : undefined;
}

/** The sources of all tracks that `plan` has and that are not held, at most 1,000, the most tracks first. */
export async function countGapSources(
  plan: OpenPlan,
  snapshot: Snapshot,
  source: Pick<PlanSource, 'tables' | 'tracks' | 'rows'>,
): Promise<SourceCount[]> {
  const links = gatherLinks(snapshot, source.rows);
  const counts = new Float64Array(links.keys.length);
  // The last track that was counted for a source: a track counts once, however many links say so.
  const last = new Float64Array(links.keys.length).fill(-1);
  let [rank, without] = [0, 0];
  const codes = plan.codes();
  let chunk = new Uint8Array(0);
  let at = 0;
  for await (const { rows, columns } of source.tables.numbers(groupsSql(source), 3)) {
    const [marks, albums, artists] = columns as [Uint32Array, Uint32Array, Uint32Array];
    for (let row = 0; row < rows; row += 1, at += 1, rank += 1) {
      if (at === chunk.length) {
        chunk = codes.next().value as Uint8Array<ArrayBuffer>;
        at = 0;
      }
      checkOrder(marks[row]!, rank);
      const code = chunk[at]!;
      if (!isPlanned(code) || code & HELD) continue;
      const right = (code & RIGHT_MASK) >> RIGHT_SHIFT;
      const isFree = right === 0 || right === 3;
      let isGiven = false;
      for (const key of links.of(rank, albums[row]! - 1, artists[row]! - 1)) {
        if (links.keys[key]!.how === 'download' && !isFree) continue;
        isGiven = true;
        if (last[key] === rank) continue;
        last[key] = rank;
        counts[key]! += 1;
      }
      if (!isGiven) without += 1;
    }
  }
  return [...links.keys]
    .map((key, at): SourceCount => ({ ...key, tracks: counts[at]! }))
    .concat({ how: 'none', host: '', tracks: without })
    .filter(({ tracks }) => tracks > 0)
    .sort((a, b) => b.tracks - a.tracks || (`${a.how} ${a.host}` < `${b.how} ${b.host}` ? -1 : 1))
    .slice(0, MOST_TOLD);
}

/** The sources that links name, and which of them tracks, albums and artists have, by rank. */
function gatherLinks(snapshot: Snapshot, rows: PlanSource['rows']) {
  const keys: { how: SourceKind; host: string }[] = [];
  const keyOf = new Map<string, number>();
  // Lists of sources, one behind the other; a group has the number of its list, 0 for none.
  const lists: number[][] = [[]];
  const listOf = new Map<string, number>();
  const byKind = {
    tracks: new Uint32Array(0),
    albums: new Uint32Array(0),
    artists: new Uint32Array(0),
  };
  const settle = (id: string, found: ReadonlySet<number>) => {
    if (found.size === 0) return;
    const list = [...found].sort((a, b) => a - b);
    const name = list.join(' ');
    let number = listOf.get(name);
    if (number === undefined) {
      number = lists.push(list) - 1;
      listOf.set(name, number);
    }
    for (const kind of ['artists', 'albums', 'tracks'] as const) {
      const rank = snapshot.rankOf(kind, id);
      if (rank === undefined) continue;
      if (byKind[kind].length === 0) byKind[kind] = new Uint32Array(rows[kind]);
      byKind[kind][rank] = number;
      return;
    }
  };
  let [id, found] = ['', new Set<number>()];
  for (const [of, kind, url] of snapshot.sideRows('links')) {
    if (of !== id) {
      settle(id, found);
      [id, found] = [of!, new Set()];
    }
    const how = sourceKind(kind as LinkRow['kind']);
    if (how === undefined) continue;
    const host = hostOf(url!);
    const name = `${how} ${host}`;
    let key = keyOf.get(name);
    if (key === undefined) {
      key = keys.push({ how, host }) - 1;
      keyOf.set(name, key);
    }
    found.add(key);
  }
  settle(id, found);
  return {
    keys,
    *of(track: number, album: number, artist: number): Generator<number> {
      yield* lists[byKind.tracks[track] ?? 0]!;
      yield* lists[byKind.albums[album] ?? 0]!;
      yield* lists[byKind.artists[artist] ?? 0]!;
    },
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
