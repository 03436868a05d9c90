/**
 * Verifies a published tree offline, with nothing but Node: an archive's folder, or what `publish --to` wrote.
 *
 * Input: a folder with `editions/` and `volumes/`. Output: a report. Nothing is written, nothing asked of the network
 * or the clock. This folder shares no code with the program that publishes. Specified in docs/formats/verifier.md.
 */
import path from 'node:path';
import { type FindingSink, startFindings, type VerifyFinding } from './codes.ts';
import {
  checkCatalogue,
  checkRights,
  checkTorrentList,
  readRights,
  readTombstones,
} from './content-check.ts';
import { type CheckedEdition, checkEdition } from './edition-check.ts';
import type { ListedVolume } from './edition-shape.ts';
import { editionFolder, listDirectory, Problem, type Tree } from './files.ts';
import type { CheckedMember } from './index-check.ts';
import { checkPointer, type PointerState } from './pointer-check.ts';
import { readPublicKey } from './signature.ts';
import { checkVolume, type Sample, sampleVolume, type VolumeContext } from './volume-check.ts';

/** How far a verification has come. */
export interface VerifyProgress {
  readonly doneVolumes: number;
  readonly totalVolumes: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly item: string;
}

/** What a verification can be told. */
export interface VerifyOptions {
  /** The key that must have signed, as minisign writes it; without it the tree's own keys.json is believed. */
  readonly publicKey?: string | undefined;
  readonly onFinding?: ((finding: VerifyFinding) => void) | undefined;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** Reads only this share of each volume, checked against its leaves. */
  readonly sample?: Sample | undefined;
  readonly stop?: AbortSignal | undefined;
}

/** What a verification found. */
export interface VerifyReport {
  /** Editions that hold, by number. */
  readonly editions: readonly number[];
  /** Whose word it rests on: the key that was given, or only the tree's own. */
  readonly trust: 'given-key' | 'own-keys' | 'none';
  readonly archiveId: string | undefined;
  readonly pointer: PointerState | undefined;
  readonly volumes: number;
  readonly members: number;
  readonly checkedBytes: number;
  /** The first findings; `findingCount` counts all. */
  readonly findings: readonly VerifyFinding[];
  readonly findingCount: number;
  readonly intact: boolean;
  /** What a command that did only this exits with: 0, or 12 when damage was found. */
  readonly exit: 0 | 12;
}

/** Files of a folder that is an operator's archive and so may hold volumes not published yet. */
const LEDGER_FILE = 'ledger.db';
const PENDING =
  /^(?:volumes|editions\/torrents\/[0-9a-f]{16})\/(?:original|opus)-[0-9a-f]{16}\.(?:tar|torrent|leaves)$/;

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
  const editions = new Map<number, CheckedEdition>();
  for (const number of numbers) {
    const edition = checkEdition(tree, number, editions.get(number - 1), findings);
    if (edition) editions.set(number, edition);
  }
  const trust = checkTrust(editions, options.publicKey, findings);
  const newest = editions.get(Math.max(...editions.keys()));
  const pointer = numbers.length > 0 ? checkPointer(tree, editions, findings) : undefined;
  const content = newest
    ? await checkContent(tree, newest, newest.volumes, findings, options)
    : NO_CONTENT;
  const isArchive = listDirectory(directory).some(({ name }) => name === LEDGER_FILE);
  checkVolumeFolder(tree, [...editions.values()], findings, isArchive);
  return {
    editions: [...editions.keys()],
    trust,
    archiveId: newest?.archiveId,
    pointer,
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
  // The edition before was judged when it was published; here it only gives its digest and its keys.
  const silent = startFindings();
  const before = number > 1 ? checkEdition(tree, number - 1, undefined, silent) : undefined;
  if (number > 1 && !before)
    findings.add(
      'VERIFY_EDITION_MISSING',
      `editions/${editionFolder(number - 1)}`,
      'does not hold',
    );
  const edition = checkEdition(tree, number, before, findings, { signed: staged.signed });
  const trust = checkTrust(
    new Map(edition ? [[number, edition]] : []),
    options.publicKey,
    findings,
  );
  const read = edition?.volumes.filter(({ name }) => staged.read.includes(name)) ?? [];
  const content = edition ? await checkContent(tree, edition, read, findings, options) : NO_CONTENT;
  return {
    editions: edition ? [number] : [],
    trust,
    archiveId: edition?.archiveId,
    pointer: undefined,
    ...content,
    ...verdictOf(findings),
  };
}

const NO_CONTENT = { volumes: 0, members: 0, checkedBytes: 0 };

function verdictOf(
  findings: FindingSink,
): Pick<VerifyReport, 'findings' | 'findingCount' | 'intact' | 'exit'> {
  const intact = findings.count === 0;
  return { findings: findings.kept, findingCount: findings.count, intact, exit: intact ? 0 : 12 };
}

/** The numbers of the folders below editions/, which must be 1, 2, 3 … without anything beside them. */
function editionNumbers(tree: Tree, findings: FindingSink): number[] {
  const numbers: number[] = [];
  for (const entry of listDirectory(tree.editions)) {
    const number = /^\d{4,9}$/.test(entry.name) ? Number(entry.name) : 0;
    const isEdition = entry.isDirectory() && number > 0 && editionFolder(number) === entry.name;
    const isOther =
      (entry.name === 'current.json' && entry.isFile()) ||
      (['log', 'timestamps', 'tools', 'torrents'].includes(entry.name) && entry.isDirectory());
    if (isEdition) numbers.push(number);
    else if (!isOther) findings.add('VERIFY_FILE_UNLISTED', `editions/${entry.name}`, 'no edition');
  }
  numbers.sort((a, b) => a - b);
  if (numbers.length === 0) findings.add('VERIFY_NOTHING', 'editions', 'no edition');
  for (const [at, number] of numbers.entries()) {
    const after = numbers[at - 1] ?? 0;
    if (number !== after + 1)
      findings.add(
        'VERIFY_EDITION_MISSING',
        `editions/${editionFolder(after + 1)}`,
        `${number} follows ${after}`,
      );
  }
  return numbers;
}

/** The given key must be an edition key of one edition of the chain: each keys.json is signed by the keys before it. */
function checkTrust(
  editions: ReadonlyMap<number, CheckedEdition>,
  publicKey: string | undefined,
  findings: FindingSink,
): VerifyReport['trust'] {
  if (editions.size === 0) return 'none';
  if (publicKey === undefined) return 'own-keys';
  try {
    const { id, raw } = readPublicKey(publicKey);
    const known = [...editions.values()].some(({ keys }) => keys.edition.get(id)?.equals(raw));
    if (known) return 'given-key';
    throw new Problem('VERIFY_KEY_OTHER', 'no edition is signed with it');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    findings.add('VERIFY_KEY_OTHER', 'editions', error.seen);
    return 'none';
  }
}

/** Reads `volumes` of `edition` and holds rights, catalogue and torrent list against them. */
async function checkContent(
  tree: Tree,
  edition: CheckedEdition,
  volumes: readonly ListedVolume[],
  findings: FindingSink,
  options: VerifyOptions,
): Promise<typeof NO_CONTENT> {
  const { sample, onProgress, stop } = options;
  const rights = readRights(tree, edition, findings);
  const tombstones = readTombstones(tree, edition, findings);
  const members = new Map<string, CheckedMember[]>();
  const totalBytes = volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let checkedBytes = 0;
  let doneVolumes = 0;
  const tellProgress = (item: string) =>
    onProgress?.({
      doneVolumes,
      totalVolumes: volumes.length,
      doneBytes: checkedBytes,
      totalBytes,
      item,
    });
  for (const volume of volumes) {
    const onBytes = (count: number) => {
      checkedBytes += count;
      tellProgress(volume.name);
    };
    const context: VolumeContext = { tree, edition, tombstones, findings, onBytes, stop };
    if (sample) sampleVolume(context, volume, sample);
    else {
      const list = await checkVolume(context, volume);
      if (list) members.set(volume.name, list);
      if (list && list.length !== volume.members)
        findings.add(
          'VERIFY_INDEX',
          `volumes/${volume.name}.tar`,
          `${list.length} members, not ${volume.members}`,
        );
      if (list && rights)
        checkRights({ rights, tombstones, name: volume.name, members: list }, findings);
    }
    doneVolumes += 1;
    tellProgress(volume.name);
  }
  checkCatalogue(tree, edition, members, findings);
  checkTorrentList(tree, edition, findings);
  const count = [...members.values()].reduce((sum, list) => sum + list.length, 0);
  return { volumes: volumes.length, members: count, checkedBytes };
}

/**
 * What lies among volumes and torrents beside what an edition lists. An archive may hold volumes that are not published yet, with
 * their torrents and leaves; a published copy may not.
 */
function checkVolumeFolder(
  tree: Tree,
  editions: readonly CheckedEdition[],
  findings: FindingSink,
  isArchive: boolean,
): void {
  const listed = new Set(editions.flatMap(({ files }) => [...files.keys()]));
  const torrents = path.join(tree.editions, 'torrents');
  const found = [
    ...namesIn(path.join(tree.editions, 'tools'), 'editions/tools'),
    ...namesIn(tree.volumes, 'volumes'),
    ...listDirectory(torrents).flatMap((entry) =>
      entry.isDirectory()
        ? namesIn(path.join(torrents, entry.name), `editions/torrents/${entry.name}`)
        : [`editions/torrents/${entry.name}`],
    ),
  ];
  for (const name of found) {
    const pending = isArchive && PENDING.test(name);
    if (!pending && !listed.has(name)) findings.add('VERIFY_FILE_UNLISTED', name, 'of no edition');
  }
}

function namesIn(directory: string, below: string): string[] {
  return listDirectory(directory).map(({ name }) => `${below}/${name}`);
}
