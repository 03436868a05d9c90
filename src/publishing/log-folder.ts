/**
 * The folder of the log: tiles read and written, each durable before the next, none ever replaced.
 *
 * Input: tiles. Output: their bytes, or `LOG_DIFFERS` where another history lies. Spec: docs/formats/log.md.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { TileFile } from '../formats/tlog-edge.ts';
import type { SubtreeHashes } from '../formats/tlog-hash.ts';
import { perfectRoot } from '../formats/tlog-hash.ts';
import {
  parseBundle,
  parseTile,
  parseTilePath,
  TILE_WIDTH,
  type Tile,
  tilePath,
  tileWidth,
} from '../formats/tlog-tiles.ts';
import type { PublishDeps } from './publish-deps.ts';
import { readWholeFile } from './small-files.ts';

/** Where a log is read. */
export interface LogPlace {
  readonly disk: Disk;
  readonly directories: { readonly editions: string };
}

/** The signed head, in the folder of the log. */
export const CHECKPOINT = 'checkpoint';

/** The path of `name` in the folder of the log. */
export function logFile({ directories }: LogPlace, name: string): string {
  return path.join(directories.editions, 'log', name);
}

/** The bytes of `tile`, or undefined when it is not there. */
export function readTile(deps: LogPlace, tile: Tile): Uint8Array | undefined {
  const file = logFile(deps, tilePath(tile));
  return deps.disk.stat(file) === undefined ? undefined : readWholeFile(deps.disk, file);
}

/** Makes `tile` be there. Throws `LOG_DIFFERS` when other bytes are. */
export function putTile(deps: Pick<PublishDeps, 'disk' | 'directories'>, tile: TileFile): void {
  const { disk, directories } = deps;
  const known = readTile(deps, tile);
  if (known === undefined) {
    const file = logFile(deps, tilePath(tile));
    const temporary = path.join(directories.work, 'edition-log-tile');
    ensureDirectory(disk, path.dirname(file));
    putFile(disk, file, tile.bytes, { replace: false, temporary });
  } else if (Buffer.compare(known, tile.bytes) !== 0)
    throw new FonotecaError('LOG_DIFFERS', `${tilePath(tile)} has other bytes`);
}

/**
 * The paths of the tiles that lie in the folder and belong to a log of `size` entries, sorted by folder. What is no tile is
 * left out.
 */
export function storedTiles(place: LogPlace, size: number): string[] {
  const below = (name: string): string[] =>
    place.disk.stat(logFile(place, name))?.kind === 'directory'
      ? place.disk.list(logFile(place, name)).flatMap((each) => below(`${name}/${each}`))
      : [name];
  return below('tile').filter((name) => {
    const tile = parseTilePath(name);
    return tile !== undefined && tile.width <= tileWidth(tile.level, tile.index, size);
  });
}

/** The hashes of the log of `size` entries as its tiles tell them. Throws `FILE_MISSING`, `LOG_TILE_INVALID`. Cost: one tile a look-up. */
export function storedHashes(deps: LogPlace, size: number): SubtreeHashes {
  return {
    subtree(level, index) {
      const tileLevel = Math.floor(level / 8);
      // A hash between the levels of tiles is the root over a few of the level below.
      const count = 2 ** (level % 8);
      const tile = tileOf(tileLevel, Math.floor((index * count) / TILE_WIDTH), size);
      const hashes = parseTile(requireTile(deps, tile), tile.width);
      const start = (index * count) % TILE_WIDTH;
      return perfectRoot(hashes.slice(start, start + count));
    },
  };
}

/** The entries of the log of `size` entries, in order. Throws `FILE_MISSING`, `LOG_TILE_INVALID`. Memory: one bundle. */
export function* storedEntries(deps: LogPlace, size: number): Generator<Uint8Array> {
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const tile = tileOf('entries', index, size);
    yield* parseBundle(requireTile(deps, tile), tile.width);
  }
}

function tileOf(level: Tile['level'], index: number, size: number): Tile {
  return { level, index, width: tileWidth(level, index, size) };
}

function requireTile(deps: LogPlace, tile: Tile): Uint8Array {
  const bytes = readTile(deps, tile);
  if (bytes === undefined) throw new FonotecaError('FILE_MISSING', logFile(deps, tilePath(tile)));
  return bytes;
}
