/**
 * Fetches the log behind an edition and holds it against a head that was kept before. Input: the signed head. Output: the
 * tiles in the tree being built; a log that does not begin with what is remembered is refused. Spec: docs/formats/log.md.
 */
import { FonotecaError } from '../base/errors.ts';
import { emptyLogRoot, foldSubtrees, LOG_HASH_BYTES, perfectRoot } from '../formats/tlog-hash.ts';
import {
  parseTile,
  partialTile,
  TILE_WIDTH,
  type Tile,
  tilePath,
  tileWidth,
} from '../formats/tlog-tiles.ts';
import type { CheckedEdition } from '../verifier/edition-check.ts';
import { readWhole } from '../verifier/files.ts';
import type { FetchContext } from './fetch-editions.ts';
import type { LogHead } from './follow-state.ts';

const LOG = 'editions/log/';
/** A signed note with sixteen signatures is below. */
export const MAX_CHECKPOINT_BYTES = 4096;
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + 65_535);
const MAX_TILE_BYTES = TILE_WIDTH * LOG_HASH_BYTES;

/** Fetches what the log needs to end with each of `editions`. Throws `VERIFY_FILE_MISSING` for a tile the address has not. */
export async function fetchTiles(
  context: FetchContext,
  editions: readonly CheckedEdition[],
): Promise<void> {
  for (const { log } of editions) {
    if (!log) continue;
    // What edition.json states is the log before its own last entry.
    for (const tile of tilesOf(log.size + 1)) await fetchTile(context, tile);
  }
}

/**
 * Nothing when the log in the tree begins with `kept` and ends with `head`. Throws `FOLLOW_LOG_SHRUNK` when it is
 * shorter, `FOLLOW_FORKED` when it has the same size and another root, `FOLLOW_LOG_REWRITTEN` when its beginning is
 * another, `FOLLOW_LOG_WRONG` when the tiles do not lead to the signed head. Memory: 32 bytes an entry.
 */
export function requireConsistent(
  { staging }: Pick<FetchContext, 'staging'>,
  head: LogHead,
  kept: LogHead,
): void {
  const told = `head ${head.size}:${head.root}, kept ${kept.size}:${kept.root}`;
  if (head.size < kept.size) throw new FonotecaError('FOLLOW_LOG_SHRUNK', told);
  if (head.size === kept.size && head.root === kept.root) return;
  if (head.size === kept.size) throw new FonotecaError('FOLLOW_FORKED', told);
  const hashes = readLeaves(staging, head.size);
  if (!hashes || rootOf(hashes) !== head.root) throw new FonotecaError('FOLLOW_LOG_WRONG', told);
  if (rootOf(hashes.slice(0, kept.size)) !== kept.root)
    throw new FonotecaError('FOLLOW_LOG_REWRITTEN', told);
}

/** The leaf hashes of the log in the tree, or undefined when there are not as many as a log of `size` has. */
function readLeaves(staging: FetchContext['staging'], size: number): Uint8Array[] | undefined {
  const hashes: Uint8Array[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const tile = { level: 0, index, width: tileWidth(0, index, size) };
    const name = LOG + tilePath(tile);
    if (!staging.has(name)) return undefined;
    const bytes = readWhole(staging.place(name), MAX_TILE_BYTES);
    if (bytes.length !== tile.width * LOG_HASH_BYTES) return undefined;
    hashes.push(...parseTile(bytes, tile.width));
  }
  return hashes;
}

async function fetchTile({ remote, staging, onFile }: FetchContext, tile: Tile): Promise<void> {
  const path = LOG + tilePath(tile);
  if (staging.has(path)) return;
  onFile(path);
  const maxBytes = tile.level === 'entries' ? MAX_BUNDLE_BYTES : tile.width * LOG_HASH_BYTES;
  const bytes = await remote.whole(path, maxBytes);
  if (!bytes) throw new FonotecaError('VERIFY_FILE_MISSING', `${remote.address}/${path}`);
  staging.put(path, bytes);
}

/** The tiles of a log of `size` entries: the full ones, and at each level the partial one it ends with. */
function* tilesOf(size: number): Generator<Tile> {
  for (const level of levelsOf(size)) {
    const count = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
    for (let index = 0; index < Math.floor(count / TILE_WIDTH); index += 1)
      yield { level, index, width: TILE_WIDTH };
    const tile = partialTile(level, size);
    if (tile) yield tile;
  }
}

function levelsOf(size: number): Tile['level'][] {
  const levels: Tile['level'][] = ['entries'];
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) levels.push(level);
  return levels;
}

/** The root over leaf `hashes` in hex: perfect subtrees, the largest first (RFC 6962 2.1). */
function rootOf(hashes: readonly Uint8Array[]): string {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < hashes.length; ) {
    const count = 2 ** Math.floor(Math.log2(hashes.length - at));
    parts.push(perfectRoot(hashes.slice(at, at + count)));
    at += count;
  }
  const root = parts.length === 0 ? emptyLogRoot() : foldSubtrees(parts);
  return Buffer.from(root).toString('hex');
}
