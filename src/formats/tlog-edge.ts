/**
 * The right edge of a log: its partial tiles, which are all that is needed to state its root and to add to it.
 *
 * Input: an edge and new entries. Output: the next edge and the tiles that change, for whoever writes them. Tiles that
 * are full never change again. Spec: C2SP tlog-tiles, docs/formats/log.md.
 */
import { emptyLogRoot, foldSubtrees, logLeafHash, perfectRoot } from './tlog-hash.ts';
import type { TreeHead } from './tlog-proof.ts';
import {
  encodeBundle,
  parseBundle,
  parseTile,
  partialTile,
  TILE_WIDTH,
  type Tile,
} from './tlog-tiles.ts';

/** The partial tiles of a log of `size` entries. */
export interface LogEdge {
  readonly size: number;
  /** By level, the hashes of the last tile, fewer than 256; levels without a hash at the end may be left out. */
  readonly levels: readonly (readonly Uint8Array[])[];
  /** The entries of the last bundle, fewer than 256. */
  readonly bundle: readonly Uint8Array[];
}

/** A tile with its bytes. */
export interface TileFile extends Tile {
  readonly bytes: Uint8Array;
}

/** The edge of a log without entries. */
export const EMPTY_EDGE: LogEdge = { size: 0, levels: [], bundle: [] };

/** Size and root of the log that ends with `edge`. Cost: some hundreds of hashes at most a level. */
export function headOf({ size, levels }: LogEdge): TreeHead {
  const subtrees = levels.toReversed().flatMap((hashes) => perfectSubtrees(hashes));
  return { size, root: subtrees.length === 0 ? emptyLogRoot() : foldSubtrees(subtrees) };
}

/** An edge that has grown. */
export interface GrownEdge {
  readonly edge: LogEdge;
  /** The tiles to write: each that became full, and the partial ones at the end that changed. */
  readonly tiles: readonly TileFile[];
}

/** The edge behind `entries` and the tiles to write. Memory: what is written. */
export function growEdge(edge: LogEdge, entries: Iterable<Uint8Array>): GrownEdge {
  const tiles: TileFile[] = [];
  const levels = edge.levels.map((hashes) => [...hashes]);
  let bundle = [...edge.bundle];
  let size = edge.size;
  const push = (level: number, hash: Uint8Array) => {
    levels[level] ??= [];
    const hashes = levels[level];
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    const index = Math.floor(size / TILE_WIDTH ** (level + 1));
    tiles.push({ level, index, width: TILE_WIDTH, bytes: Buffer.concat(hashes) });
    levels[level] = [];
    push(level + 1, perfectRoot(hashes));
  };
  for (const entry of entries) {
    bundle.push(entry);
    if (bundle.length === TILE_WIDTH) {
      const index = Math.floor(size / TILE_WIDTH);
      tiles.push({ level: 'entries', index, width: TILE_WIDTH, bytes: encodeBundle(bundle) });
      bundle = [];
    }
    push(0, logLeafHash(entry));
    size += 1;
  }
  const grown = { size, levels, bundle };
  return { edge: grown, tiles: [...tiles, ...partialTiles(edge.size, grown)] };
}

/** The same as if what led from `edge` to `first` and `entries` behind it had come at once. */
export function growFurther(
  edge: LogEdge,
  first: GrownEdge,
  entries: Iterable<Uint8Array>,
): GrownEdge {
  const second = growEdge(first.edge, entries);
  const full = [...first.tiles, ...second.tiles].filter(({ width }) => width === TILE_WIDTH);
  return { edge: second.edge, tiles: [...full, ...partialTiles(edge.size, second.edge)] };
}

/** The edge of a log of `size` entries, its tiles got by `read`. Throws `LOG_TILE_INVALID`. */
export function edgeOf(size: number, read: (tile: Tile) => Uint8Array): LogEdge {
  const levels: Uint8Array[][] = [];
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) {
    const tile = partialTile(level, size);
    levels.push(tile ? parseTile(read(tile), tile.width) : []);
  }
  const tile = partialTile('entries', size);
  return { size, levels, bundle: tile ? parseBundle(read(tile), tile.width) : [] };
}

/** The partial tiles of `edge` that a log of `before` entries did not have so. */
function partialTiles(before: number, { size, levels, bundle }: LogEdge): TileFile[] {
  const tiles: TileFile[] = [];
  const add = (level: Tile['level'], bytes: () => Uint8Array) => {
    const tile = partialTile(level, size);
    const old = partialTile(level, before);
    if (tile && !(old?.index === tile.index && old.width === tile.width))
      tiles.push({ ...tile, bytes: bytes() });
  };
  for (const [level, hashes] of levels.entries()) add(level, () => Buffer.concat(hashes));
  add('entries', () => encodeBundle(bundle));
  return tiles;
}

/** The roots of the perfect subtrees that `hashes` are cut into, the largest first. */
function perfectSubtrees(hashes: readonly Uint8Array[]): Uint8Array[] {
  const roots: Uint8Array[] = [];
  for (let at = 0; at < hashes.length; ) {
    const count = 2 ** Math.floor(Math.log2(hashes.length - at));
    roots.push(perfectRoot(hashes.slice(at, at + count)));
    at += count;
  }
  return roots;
}
