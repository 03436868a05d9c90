/**
 * The log behind an edition: from its tiles where they are there and agree with what the editions sign, otherwise made
 * again from the editions. Reads only. Spec: docs/formats/log.md.
 */
import { FonotecaError } from '../base/errors.ts';
import {
  EMPTY_EDGE,
  edgeOf,
  type GrownEdge,
  growEdge,
  growFurther,
  headOf,
  type LogEdge,
} from '../formats/tlog-edge.ts';
import type { TreeHead } from '../formats/tlog-proof.ts';
import {
  encodeBundle,
  parseBundle,
  parseTile,
  type Tile,
  tileWidth,
} from '../formats/tlog-tiles.ts';
import type { LogHead } from '../model/edition.ts';
import { changeEntries, type LoggedEdition, publishedEntry } from './log-entries.ts';
import { type LogPlace, readTile } from './log-folder.ts';
import { asStored, type StoredEdition, storedEdition } from './log-history.ts';
import type { PublishedEdition } from './published-state.ts';

/** `head` as documents say it. */
export function logHeadOf({ size, root }: TreeHead): LogHead {
  return { size, root: Buffer.from(root).toString('hex') as LogHead['root'] };
}

/** `head` in one word, `SIZE:ROOT`. */
export function headText({ size, root }: LogHead): string {
  return `${size}:${root}`;
}

/**
 * The head that the edition made of `edition` has to state: the log behind `before`, the edition before it, and what it
 * changes itself. Throws `LOG_DIFFERS`. Cost: a few tiles, or all editions where the log is not there.
 */
export function headBeforePublished(
  place: LogPlace,
  before: PublishedEdition | undefined,
  edition: LoggedEdition,
): LogHead {
  const stored = before && asStored(place, before);
  const edge = stored ? edgeBehind(place, stored) : EMPTY_EDGE;
  return logHeadOf(headOf(growEdge(edge, changeEntries(stored, edition)).edge));
}

function edgeBehind(place: LogPlace, edition: StoredEdition): LogEdge {
  const known = storedEdge(place, edition);
  if (known) return known;
  let edge = EMPTY_EDGE;
  for (const extension of extensions(place, edition.number)) ({ edge } = extension);
  return edge;
}

/**
 * What each edition from 1 to `last` adds to the log. Throws `LOG_DIFFERS` when an edition states another head than its
 * entries lead to. Cost: reads all of them; memory: the entries of one edition.
 */
export function* extensions(place: LogPlace, last: number): Generator<GrownEdge> {
  let edge = EMPTY_EDGE;
  let before: StoredEdition | undefined;
  for (let number = 1; number <= last; number += 1) {
    const edition = storedEdition(place, number);
    const extension = extend(edge, before, edition);
    yield extension;
    ({ edge } = extension);
    before = edition;
  }
}

/**
 * The log behind `edition` as its own tiles tell it, or undefined when one of them is missing. Throws `LOG_DIFFERS` when
 * they do not lead to the root that the edition states.
 */
export function storedEdge(
  place: LogPlace,
  { number, published }: StoredEdition,
): LogEdge | undefined {
  const { log, date } = published.edition;
  const size = log.size + 1;
  let isMissing = false;
  const read = (tile: Tile): Uint8Array => {
    const width = tileWidth(tile.level, tile.index, size);
    const bytes = readTile(place, { ...tile, width });
    isMissing ||= bytes === undefined;
    if (bytes === undefined) return emptyTile(tile);
    if (tile.level === 'entries')
      return encodeBundle(parseBundle(bytes, width).slice(0, tile.width));
    return Buffer.concat(parseTile(bytes, width).slice(0, tile.width));
  };
  const before = edgeOf(log.size, read);
  if (isMissing) return undefined;
  requireHead(headOf(before), log, number);
  const entry = publishedEntry({ number, date, sha256: published.sha256 });
  const { edge, tiles } = growEdge(before, [entry]);
  for (const tile of tiles) {
    const known = readTile(place, tile);
    if (known === undefined) return undefined;
    if (Buffer.compare(known, tile.bytes) !== 0) throw differs(`a tile of edition ${number}`);
  }
  return edge;
}

/** What `edition` adds to the log behind `before`, which ends with `edge`. Throws `LOG_DIFFERS`. */
export function extend(
  edge: LogEdge,
  before: StoredEdition | undefined,
  edition: StoredEdition,
): GrownEdge {
  const { number, published } = edition;
  const changed = growEdge(edge, changeEntries(before, edition));
  requireHead(headOf(changed.edge), published.edition.log, number);
  const last = publishedEntry({ number, date: published.edition.date, sha256: published.sha256 });
  return growFurther(edge, changed, [last]);
}

function requireHead(head: TreeHead, stated: LogHead, number: number): void {
  const seen = headText(logHeadOf(head));
  if (seen !== headText(stated))
    throw differs(`edition ${number} states ${headText(stated)}, its log has ${seen}`);
}

function emptyTile({ level, width }: Tile): Uint8Array {
  return new Uint8Array(level === 'entries' ? 2 * width : 32 * width);
}

function differs(seen: string): FonotecaError {
  return new FonotecaError('LOG_DIFFERS', seen);
}
