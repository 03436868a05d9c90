/**
 * Verifies a published tree offline, with nothing but Node: an archive's folder, or what `publish --to` wrote.
 *
 * Input: a folder with `editions/` and `volumes/`. Output: a report. Nothing is written, nothing asked of the network
 * or the clock. This folder shares no code with the program that publishes. Specified in docs/formats/verifier.md.
 */
import path from 'node:path';
import { checkChain, startVolumesAlong } from './chain-check.ts';
import { type FindingSink, startFindings, type VerifyFinding } from './codes.ts';
import { type CheckedEdition, checkEdition, checkEditionSignature } from './edition-check.ts';
import { editionPath } from './edition-shape.ts';
import { editionFolder, listDirectory, Problem, type Tree } from './files.ts';
import { checkLogFiles, checkSince, checkStagedLog, type LogHeads, makeLog } from './log-check.ts';
import type { LoggedEdition } from './log-entries.ts';
import { checkPointer, type PointerState } from './pointer-check.ts';
import { readPublicKey } from './signature.ts';
import { readTombstones, withdrawnDigests } from './tombstone-check.ts';
import { checkUnlisted, editionNumbers } from './tree-listing.ts';
import { type CheckedContent, type ContentOptions, checkContent } from './volumes-check.ts';

/** What a verification can be told. */
export interface VerifyOptions extends ContentOptions {
  /** The key that must have signed, as minisign writes it; without it the tree's own keys.json is believed. */
  readonly publicKey?: string | undefined;
  /** A head that the log must begin with, `SIZE:ROOT`. */
  readonly since?: string | undefined;
  /** Looks at these volumes of the newest edition alone, so that the others need not be there. */
  readonly only?: readonly string[] | undefined;
  readonly onFinding?: ((finding: VerifyFinding) => void) | undefined;
}

/** What a verification found. */
export interface VerifyReport extends CheckedContent {
  /** Editions that hold, by number. */
  readonly editions: readonly number[];
  /** Whose word it rests on: the key that was given, or only the tree's own. */
  readonly trust: 'given-key' | 'own-keys' | 'none';
  readonly archiveId: string | undefined;
  readonly pointer: PointerState | undefined;
  /** The head of the log, `SIZE:ROOT`, to be kept for a later `since`. */
  readonly logHead: string | undefined;
  /** The first findings; `findingCount` counts all. */
  readonly findings: readonly VerifyFinding[];
  readonly findingCount: number;
  readonly intact: boolean;
  /** What a command that did only this exits with: 0, or 12 when damage was found. */
  readonly exit: 0 | 12;
}

/** Only the folder of an operator's archive has it; there volumes may lie that are not published yet. */
const LEDGER_FILE = 'ledger.db';
const NO_CONTENT = { volumes: 0, members: 0, checkedBytes: 0 };

/**
 * The report on the published tree in `directory`. Damage is in the report; throws only the reason of `stop`, and what
 * cannot be a finding, such as a folder that may not be read. Cost: one pass over each volume of the newest edition.
 */
export async function verifyArchive(
  directory: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const tree = {
    editions: path.join(directory, 'editions'),
    volumes: path.join(directory, 'volumes'),
  };
  const findings = startFindings(options.onFinding);
  const numbers = editionNumbers(tree, findings);
  const { logged, listed, changed } = readEditions(tree, numbers, findings);
  const editions = new Map(logged.map(({ edition }) => [edition.number, edition]));
  const trust = checkTrust(editions, options.publicKey, findings);
  const made = makeLog(tree, logged, findings);
  const heads: LogHeads = made?.heads ?? new Map();
  const pointer = numbers.length > 0 ? checkPointer(tree, editions, heads, findings) : undefined;
  if (made) checkLogFiles(tree, made, pointer?.edition ?? 0, findings);
  if (made && options.since !== undefined) checkSince(made, options.since, findings);
  const newest = logged.at(-1);
  const { only } = options;
  const read = newest?.edition.volumes.filter(({ name }) => only?.includes(name) ?? true) ?? [];
  const content = newest
    ? await checkContent(groundOf(tree, newest, findings), read, changed, options)
    : NO_CONTENT;
  const isArchive = listDirectory(directory).some(({ name }) => name === LEDGER_FILE);
  checkUnlisted(tree, listed, findings, isArchive);
  const head = newest && heads.get(newest.edition.number);
  return {
    editions: [...editions.keys()],
    trust,
    archiveId: newest?.edition.archiveId,
    pointer,
    logHead: head && `${head.size}:${head.root}`,
    ...content,
    ...verdictOf(findings),
  };
}

/** What is checked of an edition that is not published yet. */
export interface StagedEdition {
  readonly number: number;
  /** The folder it was built in. */
  readonly directory: string;
  readonly editions: string;
  readonly volumes: string;
  readonly signed: boolean;
  /** The volumes to read in full; of the others only the small files are looked at. */
  readonly read: readonly string[];
}

/** The report on an edition before it is published, with the one before it as its ground. */
export async function verifyStaged(
  staged: StagedEdition,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const { number, directory, editions, volumes } = staged;
  const tree: Tree = { editions, volumes, staged: { number, directory } };
  const findings = startFindings(options.onFinding);
  // The edition before was judged when it was published; here it only gives its digest, keys, tombstones and volumes.
  const before =
    number > 1
      ? readEdition(tree, number - 1, undefined, startFindings(), { isAlone: true })
      : undefined;
  if (number > 1 && !before)
    findings.add(
      'VERIFY_EDITION_MISSING',
      `editions/${editionFolder(number - 1)}`,
      'does not hold',
    );
  const along = startVolumesAlong(findings);
  const logged = readEdition(tree, number, before, findings, { signed: staged.signed });
  if (before) along.add(before);
  if (logged) {
    along.add(logged);
    checkStagedLog(tree, before, logged, findings);
  }
  const trust = checkTrust(
    new Map(logged ? [[number, logged.edition]] : []),
    options.publicKey,
    findings,
  );
  const names = new Set(staged.read);
  const read = logged?.edition.volumes.filter(({ name }) => names.has(name)) ?? [];
  const content = logged
    ? await checkContent(groundOf(tree, logged, findings), read, along.changed, options)
    : NO_CONTENT;
  return {
    editions: logged ? [number] : [],
    trust,
    archiveId: logged?.edition.archiveId,
    pointer: undefined,
    logHead: undefined,
    ...content,
    ...verdictOf(findings),
  };
}

/**
 * Whether enough keys signed the edition before it is published, whose edition.json was found right before it was signed
 * and has `sha256`. Reads the signatures and the bytes they are of, and no more.
 */
export function verifyStagedSignature(
  { number, directory, editions, volumes }: Omit<StagedEdition, 'signed' | 'read'>,
  sha256: string,
): Pick<VerifyReport, 'findings' | 'findingCount' | 'intact' | 'exit'> {
  const tree: Tree = { editions, volumes, staged: { number, directory } };
  const findings = startFindings();
  const seen = checkEditionSignature(tree, number, findings);
  if (seen !== undefined && seen !== sha256)
    findings.add('VERIFY_FILE_DIGEST', editionPath(number, 'edition.json'), seen);
  return verdictOf(findings);
}

function groundOf(tree: Tree, { edition, tombstones = [] }: LoggedEdition, findings: FindingSink) {
  return { tree, edition, withdrawn: withdrawnDigests(tombstones), findings };
}

function verdictOf(
  findings: FindingSink,
): Pick<VerifyReport, 'findings' | 'findingCount' | 'intact' | 'exit'> {
  const intact = findings.count === 0;
  return { findings: findings.kept, findingCount: findings.count, intact, exit: intact ? 0 : 12 };
}

/** Reads the editions one after the other. Of all but the newest only what the log and the timestamps need is kept. */
function readEditions(
  tree: Tree,
  numbers: readonly number[],
  findings: FindingSink,
): {
  logged: readonly LoggedEdition[];
  /** Every path outside of the editions' folders that any of them lists. */
  listed: ReadonlySet<string>;
  changed: ReturnType<typeof startVolumesAlong>['changed'];
} {
  const logged: LoggedEdition[] = [];
  const listed = new Set<string>();
  const along = startVolumesAlong(findings);
  for (const number of numbers) {
    const last = logged.at(-1);
    const next = readEdition(tree, number, last, findings);
    if (!next) continue;
    along.add(next);
    for (const name of next.edition.files.keys()) listed.add(name);
    if (last) logged[logged.length - 1] = { ...last, edition: ownPart(last.edition) };
    logged.push(next);
  }
  return { logged, listed, changed: along.changed };
}

function readEdition(
  tree: Tree,
  number: number,
  last: LoggedEdition | undefined,
  findings: FindingSink,
  how: Parameters<typeof checkEdition>[4] = {},
): LoggedEdition | undefined {
  const before = last?.edition.number === number - 1 ? last : undefined;
  const edition = checkEdition(tree, number, before?.edition, findings, how);
  if (!edition) return undefined;
  checkChain(edition, before?.edition, findings);
  return { edition, tombstones: readTombstones(tree, edition, before?.tombstones ?? [], findings) };
}

function ownPart(edition: CheckedEdition): CheckedEdition {
  const own = editionPath(edition.number, '');
  const files = new Map([...edition.files].filter(([name]) => name.startsWith(own)));
  return { ...edition, volumes: [], files };
}

/**
 * The given key must have signed an edition of the chain: that binds all before it by their digests, and all behind it
 * by their keys. To be named in a keys.json proves nothing: whoever begins a chain can name any key there.
 */
function checkTrust(
  editions: ReadonlyMap<number, CheckedEdition>,
  publicKey: string | undefined,
  findings: FindingSink,
): VerifyReport['trust'] {
  if (editions.size === 0) return 'none';
  if (publicKey === undefined) return 'own-keys';
  try {
    const { id, raw } = readPublicKey(publicKey);
    const known = [...editions.values()].some(
      ({ keys, signers }) => keys.edition.get(id)?.equals(raw) && (signers?.has(id) ?? true),
    );
    if (known) return 'given-key';
    throw new Problem('VERIFY_KEY_OTHER', 'no edition is signed with it');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    findings.add('VERIFY_KEY_OTHER', 'editions', error.seen);
    return 'none';
  }
}
