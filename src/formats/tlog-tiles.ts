/**
 * Tiles: a transparency log as static files of 256 hashes, and of the entries themselves. Names and bytes ⇄ values.
 *
 * Tile `n` of level `l` holds the hashes of 256 subtrees of 256^l leaves each; the last one of a level may be partial
 * and is then named by its width. Spec: C2SP tlog-tiles, docs/formats/log.md.
 */
import { FonotecaError } from '../base/errors.ts';
import { LOG_HASH_BYTES } from './tlog-hash.ts';

/** Hashes in a full tile: 2^8, the one height of C2SP tlog-tiles. */
export const TILE_WIDTH = 256;
/** Longest entry in bytes: its length stands in two bytes. */
const MAX_ENTRY_BYTES = 65_535;

/** A tile: hashes of a level, or the entries themselves. */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256; 256 is a full tile. */
  readonly width: number;
}

/** Groups of three digits, each but the last behind an x; `.p/` and the width when it is partial. */
const TILE_PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;
/** Levels above this would count more entries than there are exact integers. */
const MAX_LEVEL = 6;

/** The path of `tile` below the folder of the log, such as `tile/0/x001/234.p/5`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g)!;
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tile at `path`, or undefined on any other spelling than `tilePath`'s. */
export function parseTilePath(path: string): Tile | undefined {
  const [, levelText, groups, width] = TILE_PATH.exec(path) ?? [];
  if (levelText === undefined || groups === undefined) return undefined;
  const level = levelText === 'entries' ? levelText : Number(levelText);
  const tile: Tile = {
    level,
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const isKnown =
    (level === 'entries' || level <= MAX_LEVEL) &&
    (width === undefined || tile.width < TILE_WIDTH) &&
    tilePath(tile) === path;
  return isKnown ? tile : undefined;
}

/** How many hashes or entries tile `index` of `level` has in a log of `size` entries; 0 when it is not there. */
export function tileWidth(level: Tile['level'], index: number, size: number): number {
  const count = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH));
}

/** The tile of `size`'s last, partial tile at `level`, or undefined where the level ends with a full one. */
export function partialTile(level: Tile['level'], size: number): Tile | undefined {
  const count = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
  const width = count % TILE_WIDTH;
  return width === 0 ? undefined : { level, index: Math.floor(count / TILE_WIDTH), width };
}

/** The hashes in `bytes`, exactly `width` of them. Throws `LOG_TILE_INVALID`. */
export function parseTile(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length !== width * LOG_HASH_BYTES)
    throw bad(`${bytes.length} bytes in a tile of ${width} hashes`);
  return Array.from({ length: width }, (_, at) =>
    bytes.subarray(at * LOG_HASH_BYTES, (at + 1) * LOG_HASH_BYTES),
  );
}

/** The bytes of a bundle of `entries`: before each its length in two bytes, the greater first. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw bad(`an entry of ${entry.length} bytes`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** The entries in `bytes`, exactly `width` of them and nothing behind. Throws `LOG_TILE_INVALID`. */
export function parseBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [high, low] = bytes.subarray(at, at + 2);
    const end = at + 2 + (high ?? 0) * 256 + (low ?? 0);
    if (low === undefined || end > bytes.length) throw bad('a bundle that is cut off');
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (entries.length !== width) throw bad(`${entries.length} entries in a bundle of ${width}`);
  return entries;
}

function bad(seen: string): FonotecaError {
  return new FonotecaError('LOG_TILE_INVALID', seen);
}
