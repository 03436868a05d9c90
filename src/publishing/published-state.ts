/**
 * What is published already: the last edition, the pointer, and what a killed run left, read from disk and ledger.
 */
import path from 'node:path';
import type { z } from 'zod';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import type { EditionRow } from '../ledger/ledger.ts';
import {
  type Edition,
  type EditionPointer,
  type EditionTimestamp,
  editionFolderName,
  editionPointerSchema,
  editionSchema,
  editionTimestampSchema,
} from '../model/edition.ts';
import type { PublishDeps } from './publish-deps.ts';
import { readWholeFile } from './small-files.ts';

/** An edition that is there, with the SHA-256 of its edition.json. */
export interface PublishedEdition {
  readonly edition: Edition;
  readonly sha256: Digest;
}

/** What is published. */
export interface PublishedState {
  /** The last edition that the ledger knows. */
  readonly last: PublishedEdition | undefined;
  /** An edition in its place of which the ledger does not know yet. */
  readonly unrecorded: PublishedEdition | undefined;
  readonly pointer: EditionPointer | undefined;
  /** The newest whole timestamp of the newest edition. */
  readonly timestamp: EditionTimestamp | undefined;
}

type StateDeps = Pick<PublishDeps, 'ledger' | 'disk' | 'directories'>;
/** All that an edition in its folder is read with. */
interface FolderDeps {
  readonly disk: PublishDeps['disk'];
  readonly directories: { readonly editions: string };
}

/**
 * What is published. Throws `PUBLISH_HISTORY_DIFFERS` when folder and ledger tell of different histories (an old
 * copy of one of them), `EDITION_INVALID` when the last edition cannot be read.
 */
export async function publishedState(deps: StateDeps): Promise<PublishedState> {
  const rows = await deps.ledger.editions();
  const highest = highestFolder(deps);
  const lastRow = rows.at(-1);
  const known = lastRow?.number ?? 0;
  if (highest < known || highest > known + 1)
    throw differs(`the ledger knows editions to ${known}, the folder to ${highest}`);
  const last = lastRow && readEdition(deps, lastRow.number);
  if (last && lastRow) requireSame(last, lastRow);
  const unrecorded = highest > known ? readEdition(deps, highest) : undefined;
  if (unrecorded && unrecorded.edition.previous !== (last?.sha256 ?? null))
    throw differs(`edition ${highest} does not follow edition ${known}`);
  const newest = unrecorded ?? last;
  return {
    last,
    unrecorded,
    pointer: readPointer(deps),
    timestamp: newest && newestTimestamp(deps, newest.edition.number, newest.sha256),
  };
}

/** Edition `number` as it lies in its folder. Throws `EDITION_INVALID`. */
export function readEdition(deps: FolderDeps, number: number): PublishedEdition {
  const folder = path.join(deps.directories.editions, editionFolderName(number));
  const bytes = readDocumentBytes(deps, path.join(folder, 'edition.json'));
  const digest = sha256(bytes);
  const edition = PARSED.get(digest) ?? parseDocument(editionSchema, bytes, `edition ${number}`);
  rememberEdition(digest, edition);
  if (edition.number !== number)
    throw new FonotecaError('EDITION_INVALID', `edition ${edition.number} in ${folder}`);
  return { edition, sha256: digest };
}

/** Editions by digest, parsed: one publication looks at the same two again and again, and they may be long. */
const PARSED = new Map<Digest, Edition>();
const MAX_PARSED = 2;

/** Lets `edition`, whose edition.json has `digest`, be read without being parsed. */
export function rememberEdition(digest: Digest, edition: Edition): void {
  PARSED.delete(digest);
  PARSED.set(digest, edition);
  for (const oldest of PARSED.keys()) {
    if (PARSED.size <= MAX_PARSED) return;
    PARSED.delete(oldest);
  }
}

/** Where timestamps lie. */
export function timestampFolder({ directories }: Pick<PublishDeps, 'directories'>): string {
  return path.join(directories.editions, 'timestamps');
}

/**
 * The timestamp of edition `number` with the highest sequence of which both files are there, counted from 1 without a
 * gap: a later one was never finished.
 */
export function newestTimestamp(
  deps: StateDeps,
  number: number,
  editionDigest: Digest,
): EditionTimestamp | undefined {
  const names = new Set(deps.disk.list(timestampFolder(deps)));
  let found: EditionTimestamp | undefined;
  for (let sequence = 1; ; sequence += 1) {
    const name = `${editionFolderName(number)}-${sequence}.json`;
    if (!names.has(name) || !names.has(`${name}.minisig`)) return found;
    const file = path.join(timestampFolder(deps), name);
    const timestamp = parseDocument(editionTimestampSchema, readDocumentBytes(deps, file), file);
    if (timestamp.sha256 !== editionDigest) return found;
    found = timestamp;
  }
}

function readPointer(deps: StateDeps): EditionPointer | undefined {
  const file = path.join(deps.directories.editions, 'current.json');
  if (deps.disk.stat(file) === undefined) return undefined;
  return parseDocument(editionPointerSchema, readDocumentBytes(deps, file), file);
}

/** The number of the newest edition that has a folder; 0 when there is none. */
export function highestFolder({ disk, directories }: FolderDeps): number {
  const numbers = disk
    .list(directories.editions)
    .filter((name) => /^\d{4,9}$/.test(name))
    .map(Number);
  return Math.max(0, ...numbers);
}

function requireSame(found: PublishedEdition, row: EditionRow): void {
  if (found.sha256 !== row.sha256)
    throw differs(`edition ${row.number} is ${found.sha256}, the ledger says ${row.sha256}`);
}

function readDocumentBytes({ disk }: FolderDeps, file: string): Buffer {
  try {
    return readWholeFile(disk, file);
  } catch (error) {
    throw new FonotecaError('EDITION_INVALID', messageOf(error), { cause: error });
  }
}

function parseDocument<T>(schema: z.ZodType<T>, bytes: Buffer, subject: string): T {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new FonotecaError('EDITION_INVALID', `${subject}: ${messageOf(error)}`, { cause: error });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new FonotecaError(
    'EDITION_INVALID',
    `${subject}: ${issue.path.join('.')}: ${issue.message}`,
  );
}

function differs(seen: string): FonotecaError {
  return new FonotecaError('PUBLISH_HISTORY_DIFFERS', seen);
}
