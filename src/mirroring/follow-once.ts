/**
 * Follows an archive at one address: fetches what is new, judges all of it, and only then replaces what was good.
 *
 * Input: the address, what is remembered, a key. Output: the new memory. Whatever is wrong is thrown with its own code,
 * and the good state stays as it is, byte for byte. Specified in docs/formats/following.md.
 */
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import { FonotecaError } from '../base/errors.ts';
import { compareBytes } from '../base/safe-path.ts';
import { editionFilePath, editionFolderName } from '../model/edition.ts';
import { parseDocument } from '../verifier/documents.ts';
import type { CheckedEdition } from '../verifier/edition-check.ts';
import { readWhole } from '../verifier/files.ts';
import { type KeySet, printedId } from '../verifier/signature.ts';
import {
  type Pointer,
  readPointer,
  readTimestamp,
  requireFresh,
  type SignedTimestamp,
} from './check-timestamp.ts';
import { type EvidenceFile, keepEvidence } from './evidence.ts';
import {
  documentBytes,
  type FetchContext,
  fetchListedFiles,
  fetchSigned,
  knownEdition,
  MAX_EDITION_BYTES,
} from './fetch-editions.ts';
import { fetchTiles, MAX_CHECKPOINT_BYTES, requireConsistent } from './fetch-log.ts';
import type { FollowState, LogHead } from './follow-state.ts';
import { hasSigned, judgeTree } from './judge-tree.ts';
import type { Staging } from './staging.ts';

/** What following at one address needs. */
export interface FollowContext extends FetchContext {
  /** The follower's folder. */
  readonly directory: string;
  readonly clock: Clock;
  /** The key that must have signed; remembered when absent. */
  readonly publicKey: string | undefined;
  readonly known: FollowState | undefined;
  /** The archive that the folder is for, when that is known beforehand. */
  readonly archiveId: string | undefined;
  /** A head kept by hand, which the log must begin with. */
  readonly since: LogHead | undefined;
}

const POINTER = 'editions/current.json';
const CHECKPOINT = 'editions/log/checkpoint';
const MAX_POINTER_BYTES = 256;
const MAX_TIMESTAMP_BYTES = 4096;
/** Where canonical JSON has the archive's id: behind nothing but the addresses. */
const CLAIM_BYTES = 65_536;
/** Editions, and bytes of their documents, before the given key must have signed one: anyone can sign an endless chain. */
const MAX_UNPROVED = 4096;
const MAX_UNPROVED_BYTES = 2 ** 30;
/** What only a signature over two histories can bring about. */
const CONTRADICTIONS: readonly ErrorCode[] = [
  'FOLLOW_FORKED',
  'FOLLOW_LOG_SHRUNK',
  'FOLLOW_LOG_REWRITTEN',
];
/** Addresses remembered of those an edition names. */
const MAX_ADDRESSES = 64;

/** The state after following. */
export async function followOnce(context: FollowContext): Promise<FollowState> {
  const { remote, known, staging } = context;
  const publicKey = context.publicKey ?? known?.publicKey;
  if (publicKey === undefined)
    throw new FonotecaError('FOLLOW_KEY_MISSING', `nothing is remembered of ${remote.address}`);
  const pointerBytes = await required(context, POINTER, MAX_POINTER_BYTES);
  const pointer = readPointer(pointerBytes);
  if (known) await requireForward(context, known, pointer);
  const editions = await fetchChain(context, pointer.edition, publicKey);
  const edition = editions.at(-1)!;
  const timestamp = await fetchTimestamp(context, pointer, edition);
  requireFresh(context.clock, timestamp);
  await fetchLog(context, editions, timestamp);
  staging.put(POINTER, pointerBytes);
  await judgeTree(context.staging, publicKey);
  const state = stateOf(context, { publicKey, pointer, edition, timestamp });
  staging.settle(state);
  return state;
}

/** The id of the archive that an address says it has; nobody has signed for that yet. */
export async function claimedArchive(
  remote: FetchContext['remote'],
  number: number,
): Promise<string | undefined> {
  const path = `editions/${editionFolderName(number)}/edition.json`;
  const start = await remote.start(path, CLAIM_BYTES);
  return /"archive":\{[^{}]*"id":"([0-9A-F]{16})"/.exec(start?.toString('utf8') ?? '')?.[1];
}

/** The newest edition that an address names. */
export async function pointedEdition(remote: FetchContext['remote']): Promise<number> {
  const bytes = await remote.whole(POINTER, MAX_POINTER_BYTES);
  if (bytes) return readPointer(bytes).edition;
  throw new FonotecaError('VERIFY_NOTHING', `${remote.address} has no ${POINTER}`);
}

async function requireForward(
  { remote }: FollowContext,
  known: FollowState,
  pointer: Pointer,
): Promise<void> {
  const claim = await claimedArchive(remote, pointer.edition);
  if (claim !== undefined && claim !== known.archiveId)
    throw new FonotecaError('FOLLOW_OTHER_ARCHIVE', `archive ${claim}, not ${known.archiveId}`);
  const { edition, timestamp } = known;
  const isBehind =
    pointer.edition < edition.number ||
    (pointer.edition === edition.number && pointer.timestamp < timestamp.sequence);
  if (isBehind)
    throw new FonotecaError(
      'FOLLOW_ROLLBACK',
      `edition ${pointer.edition}-${pointer.timestamp}, seen before: ${edition.number}-${timestamp.sequence}`,
    );
}

/** The editions behind the known one with all they list, or the known one alone. */
async function fetchChain(
  context: FollowContext,
  newest: number,
  publicKey: string,
): Promise<CheckedEdition[]> {
  const { known, staging } = context;
  const last = known && knownEdition(staging, known.edition.number);
  if (known && last?.sha256 !== known.edition.sha256)
    throw new FonotecaError('FOLLOW_STATE_DAMAGED', `edition ${known.edition.number}`);
  if (last && last.number === newest) return [last];
  const signed = await fetchSignedChain(context, last, newest, publicKey);
  const chain: CheckedEdition[] = [];
  for (const edition of signed)
    chain.push(await fetchListedFiles(context, edition, chain.at(-1) ?? last));
  return chain;
}

/** The editions behind `last` without what they list. Throws `VERIFY_KEY_OTHER` unless the key is proved by one of them. */
async function fetchSignedChain(
  context: FollowContext,
  last: CheckedEdition | undefined,
  newest: number,
  publicKey: string,
): Promise<CheckedEdition[]> {
  const { archiveId } = context;
  const chain: CheckedEdition[] = [];
  let isProved = last !== undefined;
  let bytes = 0;
  for (let number = (last?.number ?? 0) + 1; number <= newest; number += 1) {
    const edition = await fetchSigned(context, number, chain.at(-1) ?? last);
    chain.push(edition);
    if (archiveId !== undefined && edition.archiveId !== archiveId)
      throw new FonotecaError(
        'FOLLOW_OTHER_ARCHIVE',
        `archive ${edition.archiveId}, not ${archiveId}`,
      );
    isProved ||= hasSigned(edition, publicKey);
    if (!isProved) bytes += documentBytes(context, number);
    if (!isProved && (number >= MAX_UNPROVED || bytes > MAX_UNPROVED_BYTES))
      throw new FonotecaError('VERIFY_KEY_OTHER', `it has signed none of the first ${number}`);
  }
  if (isProved) return chain;
  throw new FonotecaError('VERIFY_KEY_OTHER', `it has signed none of the ${newest} editions`);
}

/** A timestamp with the bytes it was read from, which are evidence when it contradicts what is remembered. */
interface FetchedTimestamp extends SignedTimestamp {
  readonly files: readonly EvidenceFile[];
}

async function fetchTimestamp(
  context: FollowContext,
  pointer: Pointer,
  edition: CheckedEdition,
): Promise<FetchedTimestamp> {
  const { staging, known } = context;
  const name = `editions/timestamps/${editionFolderName(pointer.edition)}-${pointer.timestamp}.json`;
  const bytes = await required(context, name, MAX_TIMESTAMP_BYTES);
  const signature = await required(context, `${name}.minisig`, MAX_TIMESTAMP_BYTES);
  const timestamp = readTimestamp({ bytes, signature }, pointer, edition);
  const files = [
    { name, bytes },
    { name: `${name}.minisig`, bytes: signature },
  ];
  const fork = (seen: string): never => {
    keepEvidence(context, files);
    throw new FonotecaError('FOLLOW_FORKED', seen);
  };
  if (timestamp.sha256 !== edition.sha256) {
    if (known?.edition.number === edition.number)
      fork(`a second edition ${edition.number}, signed`);
    throw new FonotecaError('FOLLOW_MIXED', `${name} is of another edition.json`);
  }
  const isOther =
    staging.has(name) && !readWhole(staging.place(name), MAX_TIMESTAMP_BYTES).equals(bytes);
  if (isOther) fork(`a second ${name}, signed`);
  if (known && timestamp.date < known.timestamp.date)
    throw new FonotecaError('FOLLOW_ROLLBACK', `${name} of ${timestamp.date}`);
  for (const file of files) staging.put(file.name, file.bytes);
  return { ...timestamp, files };
}

/** The log up to the signed head, held against what is remembered and what was kept by hand. */
async function fetchLog(
  context: FollowContext,
  editions: readonly CheckedEdition[],
  { log, files }: FetchedTimestamp,
): Promise<void> {
  const { known, since, staging } = context;
  if (!log && known?.log)
    throw new FonotecaError('FOLLOW_LOG_SHRUNK', `no log, kept ${headText(known.log)}`);
  if (!log && since) throw new FonotecaError('FOLLOW_SINCE', `no log, --since ${headText(since)}`);
  if (!log) return;
  const checkpoint = await required(context, CHECKPOINT, MAX_CHECKPOINT_BYTES);
  await fetchTiles(context, editions);
  staging.put(CHECKPOINT, checkpoint);
  try {
    if (known?.log) requireConsistent(context, log, known.log);
  } catch (error) {
    // Tiles that do not lead to the head are the address's doing alone and prove nothing of who signed.
    if (isContradiction(error))
      keepEvidence(context, [...files, { name: CHECKPOINT, bytes: checkpoint }]);
    throw error;
  }
  if (since) requireSince(context, log, since);
}

/** A head that was typed is only as good as its digits, so that it accuses nobody and leaves no evidence. */
function requireSince(context: FollowContext, log: LogHead, since: LogHead): void {
  try {
    requireConsistent(context, log, since);
  } catch (error) {
    if (!isContradiction(error)) throw error;
    const seen = `the log ends with ${headText(log)}, --since ${headText(since)}`;
    throw new FonotecaError('FOLLOW_SINCE', seen, { cause: error });
  }
}

function isContradiction(error: unknown): boolean {
  return error instanceof FonotecaError && CONTRADICTIONS.includes(error.code);
}

function headText({ size, root }: LogHead): string {
  return `${size}:${root}`;
}

function stateOf(
  { clock, staging }: FollowContext,
  {
    publicKey,
    pointer,
    edition,
    timestamp,
  }: {
    publicKey: string;
    pointer: Pointer;
    edition: CheckedEdition;
    timestamp: SignedTimestamp;
  },
): FollowState {
  const { keys } = edition;
  const ids = (set: KeySet) => [...set.keys()].map(printedId).sort(compareBytes);
  return {
    format: 'fonoteca-following/1',
    archiveId: edition.archiveId,
    publicKey,
    edition: { number: edition.number, sha256: edition.sha256 },
    timestamp: {
      sequence: pointer.timestamp,
      date: timestamp.date,
      expires: timestamp.expires,
    },
    log: timestamp.log,
    keys: { edition: ids(keys.edition), timestamp: ids(keys.timestamp), threshold: keys.threshold },
    addresses: readAddresses(staging, edition.number),
    checked: clock.nowIso(),
  };
}

/** The addresses and mirrors that edition `number` names. */
function readAddresses(staging: Staging, number: number): string[] {
  const file = staging.place(editionFilePath(number, 'edition.json'));
  const document = parseDocument(readWhole(file, MAX_EDITION_BYTES));
  const named = [document.addresses, document.mirrors].flat();
  return named.filter((address) => typeof address === 'string').slice(0, MAX_ADDRESSES);
}

async function required(
  { remote, onFile }: FetchContext,
  path: string,
  maxBytes: number,
): Promise<Buffer> {
  onFile(path);
  const bytes = await remote.whole(path, maxBytes);
  if (bytes) return bytes;
  throw new FonotecaError('VERIFY_FILE_MISSING', `${remote.address}/${path}`);
}
