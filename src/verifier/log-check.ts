/**
 * The log (docs/formats/log.md): its entries made again from the editions, then held against what editions and
 * timestamps sign, the checkpoint, every tile, and a head that a reader kept.
 */
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import type { CheckedEdition } from './edition-check.ts';
import { editionPath, type LogHead } from './edition-shape.ts';
import { listDirectory, Problem, readWhole, type Tree, tell } from './files.ts';
import { changeEntries, type LoggedEdition, publishedEntry } from './log-entries.ts';
import {
  type LogTile,
  type LogTree,
  leafHash,
  startLogTree,
  TILE_WIDTH,
  tilePath,
  tilesOf,
} from './log-tree.ts';
import { checkCheckpoint } from './note-reader.ts';

/** The head behind each edition, by number. */
export type LogHeads = ReadonlyMap<number, LogHead>;

const MAX_CHECKPOINT_BYTES = 4096;
/** A bundle of 256 entries of the greatest length. */
const MAX_TILE_BYTES = TILE_WIDTH * (2 + 65535);

/** The log as the editions give it. */
export interface MadeLog {
  readonly log: LogTree;
  readonly entries: readonly Buffer[];
  readonly heads: LogHeads;
  readonly newest: CheckedEdition;
}

/**
 * The log made from `editions`, all there are from 1 on; tells of heads that they sign and the log does not have. Undefined
 * when they do not all hold: then it cannot be made.
 */
export function makeLog(
  tree: Tree,
  editions: readonly LoggedEdition[],
  findings: FindingSink,
): MadeLog | undefined {
  const log = startLogTree();
  const heads = new Map<number, LogHead>();
  const entries: Buffer[] = [];
  let before: LoggedEdition | undefined;
  for (const each of editions) {
    const { number } = each.edition;
    if (!canBeLogged(each) || number !== heads.size + 1) return undefined;
    try {
      for (const entry of changeEntries(tree, before, each)) addEntry(log, entries, entry);
    } catch (error) {
      tell(findings, editionPath(number, 'rights.jsonl'), error);
      return undefined;
    }
    checkStated(each.edition, log, findings);
    addEntry(log, entries, publishedEntry(each.edition));
    heads.set(number, { size: log.size, root: log.rootAt(log.size) });
    before = each;
  }
  return before && { log, entries, heads, newest: before.edition };
}

/** Tells when the log does not begin with the head `since` (`SIZE:ROOT`). */
export function checkSince({ log }: MadeLog, since: string, findings: FindingSink): void {
  const [, sizeText, root] = /^(0|[1-9]\d{0,14}):([0-9a-f]{64})$/.exec(since) ?? [];
  const size = Number(sizeText ?? -1);
  const forked = (seen: string) => findings.add('VERIFY_LOG_FORKED', 'editions/log', seen);
  if (size < 0) forked('a head that is no SIZE:ROOT');
  else if (size > log.size) forked(`${log.size} entries, the head has ${size}`);
  else if (log.rootAt(size) !== root) forked(`${size}:${log.rootAt(size)}`);
}

/**
 * Checks checkpoint and tiles. The checkpoint is the head behind an edition, `pointed` (that of the pointer) or a later
 * one: while a publication is under way the log may be behind an edition that readers do not see yet.
 */
export function checkLogFiles(
  tree: Tree,
  made: MadeLog,
  pointed: number,
  findings: FindingSink,
): void {
  let reached = made.newest.number;
  try {
    const note = readWhole(path.join(tree.editions, 'log/checkpoint'), MAX_CHECKPOINT_BYTES);
    const { size, root } = checkCheckpoint(note, made.newest);
    const match = [...made.heads].find(([, head]) => head.size === size && head.root === root);
    if (!match || match[0] < pointed)
      throw new Problem('VERIFY_LOG', `${size}:${root}, editions give ${made.log.size}`);
    reached = match[0];
  } catch (error) {
    tell(findings, 'editions/log/checkpoint', error);
  }
  checkTiles(tree, made, reached, findings);
}

/**
 * Checks the head that an edition under way states, on the tiles of the log up to the edition before. Tells when those do
 * not lead to what the edition before signed.
 */
export function checkStagedLog(
  tree: Tree,
  before: LoggedEdition | undefined,
  staged: LoggedEdition,
  findings: FindingSink,
): void {
  const log = startLogTree();
  if (!canBeLogged(staged) || (before && !canBeLogged(before))) return;
  try {
    if (before) {
      const { size, root } = before.edition.log;
      for (const leaf of readLeaves(tree, size)) log.add(leaf);
      if (log.rootAt(size) !== root)
        throw new Problem('VERIFY_LOG', `tiles that lead to ${log.rootAt(size)}`);
      log.add(leafHash(publishedEntry(before.edition)));
    }
    for (const entry of changeEntries(tree, before, staged)) log.add(leafHash(entry));
    checkStated(staged.edition, log, findings);
  } catch (error) {
    tell(findings, 'editions/log', error);
  }
}

function canBeLogged({ edition, tombstones }: LoggedEdition): boolean {
  const rights = editionPath(edition.number, 'rights.jsonl');
  const keys = editionPath(edition.number, 'keys.json');
  return tombstones !== undefined && ![rights, keys].some((name) => edition.damaged.has(name));
}

function addEntry(log: LogTree, entries: Buffer[], entry: Buffer): void {
  entries.push(entry);
  log.add(leafHash(entry));
}

function checkStated(edition: CheckedEdition, log: LogTree, findings: FindingSink): void {
  const { size, root } = edition.log;
  if (size !== log.size || root !== log.rootAt(log.size))
    findings.add(
      'VERIFY_LOG',
      editionPath(edition.number, 'edition.json'),
      `log ${size}:${root}, editions give ${log.size}:${log.rootAt(log.size)}`,
    );
}

/** Every tile that the log has had behind some edition up to `reached` is there with its bytes, and no other file. */
function checkTiles(
  tree: Tree,
  { log, entries, heads }: MadeLog,
  reached: number,
  findings: FindingSink,
): void {
  const wanted = new Map<string, { readonly tile: LogTile; readonly must: boolean }>();
  for (const [number, { size }] of heads)
    for (const tile of tilesOf(size)) {
      const name = tilePath(tile);
      if (!wanted.has(name)) wanted.set(name, { tile, must: number <= reached });
    }
  const found = new Set(filesBelow(path.join(tree.editions, 'log'), 'editions/log'));
  for (const name of found)
    if (!wanted.has(name) && name !== 'editions/log/checkpoint')
      findings.add('VERIFY_FILE_UNLISTED', name, 'no tile of the log');
  for (const [name, { tile, must }] of wanted)
    try {
      if (!must && !found.has(name)) continue;
      const bytes = readWhole(locateTile(tree, name), MAX_TILE_BYTES);
      if (!bytes.equals(tileBytes(tile, log, entries)))
        throw new Problem('VERIFY_LOG', 'other hashes or entries');
    } catch (error) {
      tell(findings, name, error);
    }
}

function tileBytes(
  { level, index, width }: LogTile,
  log: LogTree,
  entries: readonly Buffer[],
): Buffer {
  const numbers = Array.from({ length: width }, (_, at) => index * TILE_WIDTH + at);
  if (level !== 'entries') return Buffer.concat(numbers.map((at) => log.hash(level, at)));
  return Buffer.concat(numbers.flatMap((at) => [lengthOf(entries[at]!), entries[at]!]));
}

function locateTile(tree: Tree, name: string): string {
  return path.join(tree.editions, name.slice('editions/'.length));
}

/** The leaf hashes of a log of `size` entries and one more, which is not given, from its tiles. Throws a `Problem`. */
function* readLeaves(tree: Tree, size: number): Generator<Buffer> {
  for (const tile of tilesOf(size + 1)) {
    if (tile.level !== 0) continue;
    const name = tilePath(tile);
    const bytes = readWhole(locateTile(tree, name), MAX_TILE_BYTES);
    if (bytes.length !== tile.width * 32) throw new Problem('VERIFY_LOG', name);
    const last = Math.min(tile.width, size - tile.index * TILE_WIDTH);
    for (let at = 0; at < last; at += 1) yield bytes.subarray(at * 32, at * 32 + 32);
  }
}

function* filesBelow(directory: string, below: string): Generator<string> {
  for (const entry of listDirectory(directory)) {
    const name = `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(path.join(directory, entry.name), name);
    else yield name;
  }
}

function lengthOf(entry: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return length;
}
