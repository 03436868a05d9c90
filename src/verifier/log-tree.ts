/**
 * The tree of the log (RFC 6962 2.1): entries → root of any older size, and the bytes of every tile.
 *
 * Memory: two hashes of 32 bytes for each entry.
 */
import crypto from 'node:crypto';

/** A log made of its entries' hashes. */
export interface LogTree {
  readonly size: number;
  add(leaf: Buffer): void;
  /** The hex root of the first `size` entries, at most as many as there are. */
  rootAt(size: number): string;
  /** Hash `index` of tile level `level`: of 256^level entries that are there. */
  hash(level: number, index: number): Buffer;
}

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
/** Binary levels under one level of tiles. */
const TILE_HEIGHT = 8;

/** An empty log. */
export function startLogTree(): LogTree {
  // Binary level k holds the hashes of the perfect subtrees of 2^k leaves that are complete.
  const levels: Buffer[][] = [[]];
  return {
    get size() {
      return levels[0]!.length;
    },
    add(leaf) {
      let hash = leaf;
      for (let level = 0; ; level += 1) {
        const row = levels[level] ?? [];
        levels[level] = row;
        row.push(hash);
        if (row.length % 2 === 1) return;
        hash = nodeHash(row.at(-2)!, hash);
      }
    },
    rootAt(size) {
      let root: Buffer | undefined;
      let left = size;
      for (let level = 0; left > 0; level += 1, left = Math.floor(left / 2)) {
        if (left % 2 === 0) continue;
        const subtree = levels[level]![left - 1]!;
        root = root ? nodeHash(subtree, root) : subtree;
      }
      return root?.toString('hex') ?? crypto.hash('sha256', '', 'hex');
    },
    hash: (level, index) => levels[level * TILE_HEIGHT]![index]!,
  };
}

/** The hash of an entry. */
export function leafHash(entry: Buffer): Buffer {
  return crypto.createHash('sha256').update(LEAF).update(entry).digest();
}

/** A tile: hashes of a level, or the entries themselves. */
export interface LogTile {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** The tiles of a log of `size` entries: the full ones, and at each level the partial one it ends with. */
export function* tilesOf(size: number): Generator<LogTile> {
  yield* levelTiles('entries', size);
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    yield* levelTiles(level, count);
}

/** The path of a tile below the tree. */
export function tilePath({ level, index, width }: LogTile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g)!;
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `editions/log/tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

function* levelTiles(level: LogTile['level'], count: number): Generator<LogTile> {
  for (let index = 0; index * TILE_WIDTH < count; index += 1)
    yield { level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) };
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return crypto.createHash('sha256').update(NODE).update(left).update(right).digest();
}
