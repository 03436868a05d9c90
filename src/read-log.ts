/**
 * The log of an archive or of a published copy, as the command line reads it: entries, a check against the editions,
 * proofs. Input: a folder that holds editions/. Output: values; nothing is written.
 */
import path from 'node:path';
import type { Disk } from './base/disk.ts';
import type { Finding } from './base/errors.ts';
import { FonotecaError } from './base/errors.ts';
import { logLeafHash } from './formats/tlog-hash.ts';
import {
  consistencyProof,
  inclusionProof,
  MAX_LOG_SIZE,
  verifyConsistency,
  verifyInclusion,
} from './formats/tlog-proof.ts';
import type { LogHead } from './model/edition.ts';
import { checkLog, type StatedLog, statedLog } from './publishing/log-check.ts';
import { publishedEntry } from './publishing/log-entries.ts';
import {
  CHECKPOINT,
  type LogPlace,
  logFile,
  storedEntries,
  storedHashes,
} from './publishing/log-folder.ts';
import { storedEdition } from './publishing/log-history.ts';
import { headText, logHeadOf } from './publishing/log-state.ts';

/** A log that is open for reading. */
export interface ReadableLog {
  /** Size and root as the signed checkpoint states them. */
  readonly head: LogHead;
  /** The newest edition in it. */
  readonly edition: number;
  /** The entries in order, each the text of a JSON object. Memory: some hundreds. */
  entries(): Iterable<string>;
  /** What is wrong with the tiles: all of them are made again from the editions. */
  check(): Finding[];
  /** That edition `number` is in the log. Throws `LOG_EDITION_UNKNOWN`. */
  prove(number: number): EditionProof;
  /** That the log begins with the log of head `text`, `SIZE:ROOT`. Throws `LOG_HEAD_INVALID`, `LOG_FORKED`. */
  since(text: string): ExtensionProof;
}

/** The proof that an edition is in the log (RFC 6962 2.1.1). */
export interface EditionProof {
  readonly index: number;
  readonly entry: string;
  readonly leaf: string;
  /** In hex, the lowest first. */
  readonly proof: readonly string[];
}

/** The proof that the log extends an older one (RFC 6962 2.1.2). */
export interface ExtensionProof {
  readonly from: LogHead;
  /** In hex, the lowest first. */
  readonly proof: readonly string[];
}

/**
 * The log below `root`, an archive or a published copy. Throws `LOG_NONE` where there is none, and what `statedLog`
 * throws when its checkpoint is not what the editions call for.
 */
export function readLog(root: string, disk: Disk): ReadableLog {
  const place = { disk, directories: { editions: path.join(root, 'editions') } };
  const checkpoint = logFile(place, CHECKPOINT);
  if (!disk.stat(checkpoint)) throw new FonotecaError('LOG_NONE', checkpoint);
  const stated = statedLog(place);
  return {
    head: logHeadOf(stated.head),
    edition: stated.number,
    entries: () => entriesOf(place, stated),
    check: () => checkLog(place, stated),
    prove: (number) => proveEdition(place, stated, number),
    since: (text) => proveExtension(place, stated, text),
  };
}

function* entriesOf(place: LogPlace, { head }: StatedLog): Generator<string> {
  for (const entry of storedEntries(place, head.size)) yield Buffer.from(entry).toString('utf8');
}

function proveEdition(place: LogPlace, stated: StatedLog, number: number): EditionProof {
  if (number < 1 || number > stated.number)
    throw new FonotecaError('LOG_EDITION_UNKNOWN', `edition ${number} of ${stated.number}`);
  const { edition, sha256 } = storedEdition(place, number).published;
  const { head } = stated;
  const entry = publishedEntry({ number, date: edition.date, sha256 });
  const [index, leaf] = [edition.log.size, logLeafHash(entry)];
  const proof = inclusionProof(storedHashes(place, head.size), index, head.size);
  verifyInclusion({ leaf, index, head }, proof);
  return {
    index,
    entry: Buffer.from(entry).toString('utf8'),
    leaf: hex(leaf),
    proof: proof.map(hex),
  };
}

function proveExtension(place: LogPlace, { head }: StatedLog, text: string): ExtensionProof {
  const from = parseHead(text);
  if (from.size > head.size)
    throw new FonotecaError(
      'LOG_FORKED',
      `${text} is ahead of ${headText(logHeadOf(head))}: the log has been cut, or this is an old copy`,
    );
  const proof = consistencyProof(storedHashes(place, head.size), from.size, head.size);
  const older = { size: from.size, root: Buffer.from(from.root, 'hex') };
  try {
    verifyConsistency({ from: older, to: head }, proof);
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'LOG_PROOF_WRONG') throw error;
    throw new FonotecaError('LOG_FORKED', `${text} is not where this log begins`, {
      cause: error,
    });
  }
  return { from, proof: proof.map(hex) };
}

function parseHead(text: string): LogHead {
  const [, sizeText, root] = /^(0|[1-9]\d{0,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  const size = Number(sizeText);
  if (root === undefined || size > MAX_LOG_SIZE)
    throw new FonotecaError('LOG_HEAD_INVALID', JSON.stringify(text));
  return { size, root: root as LogHead['root'] };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
