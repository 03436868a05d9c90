/**
 * Carries out an edition plan in two phases: build in work/, verify, sign, verify again; then rename into place,
 * record, and move the pointer. Killed anywhere, the same command completes it or begins again; readers who follow the
 * pointer see the old edition whole or the new one whole.
 */
import path from 'node:path';
import { type Digest, sha256 } from '../base/digest.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { parseMinisignature, parsePublicKey } from '../formats/minisign.ts';
import { type EditionKeys, editionFolderName, TRUSTED_COMMENTS } from '../model/edition.ts';
import {
  type VerifyReport,
  verifyStaged,
  verifyStagedSignature,
} from '../verifier/verify-archive.ts';
import { editionKeyOf, storedKeys } from './keys-document.ts';
import { signatureFiles, timestampSigner } from './keys-signing.ts';
import { completeTiles, writeLog } from './log-write.ts';
import type { EditionPlan, NewEdition } from './plan-edition.ts';
import { torrentBytes, torrentPlace } from './plan-torrents.ts';
import { changedVolumes } from './plan-volumes.ts';
import { renewTimestamp, setPointer } from './pointer.ts';
import type { PublishDeps } from './publish-deps.ts';
import { type PublishedEdition, readEdition, rememberEdition } from './published-state.ts';
import { putVerifier } from './shipped-verifier.ts';
import { readWholeFile } from './small-files.ts';

/** What publishing did. */
export interface PublishReport {
  readonly outcome: 'published' | 'finished' | 'nothing-new';
  /** The edition that the pointer names now. */
  readonly number: number;
  readonly sha256: Digest;
  /** When the word that it is the newest runs out. */
  readonly expires: string;
  readonly newVolumes: readonly string[];
}

/**
 * Publishes `plan`. With nothing new it only renews the timestamp when more than half of it has run out. Throws
 * `PUBLISH_VERIFY_FAILED` when the separate verifier finds anything, and `INTERRUPTED`; nothing is published then. Cost: one
 * pass over the new volumes.
 */
export async function publishEdition(
  plan: EditionPlan,
  deps: PublishDeps,
  watch: Watch,
): Promise<PublishReport> {
  clearStaging(deps);
  if (plan.kind === 'new') return publishNew(plan, deps, watch);
  if (plan.kind === 'finish') return finish(plan, deps, watch);
  const { last } = plan.state;
  if (!last) throw new FonotecaError('PUBLISH_NOTHING_PACKED', 'no edition');
  const expires = point(deps, last);
  return {
    outcome: 'nothing-new',
    number: last.edition.number,
    sha256: last.sha256,
    expires,
    newVolumes: [],
  };
}

async function publishNew(
  plan: NewEdition,
  deps: PublishDeps,
  watch: Watch,
): Promise<PublishReport> {
  const { number, newVolumes, changedVolumes, built } = plan;
  const { disk, directories } = deps;
  writeTorrents(plan, deps);
  putVerifier(deps, plan.built.verifier);
  // The verifier reads the log that the new edition builds on.
  if (plan.state.last) completeTiles(deps, plan.state.last);
  const staging = path.join(directories.work, `edition-${editionFolderName(number)}`);
  ensureDirectory(disk, staging);
  const put = (name: string, text: string | Uint8Array) =>
    putFile(disk, path.join(staging, name), text, { replace: false });
  for (const [name, text] of built.contents) put(name, text);
  put('edition.json', built.json);
  const staged = { number, directory: staging, publicKey: editionKeyOf(plan.keys) };
  const read = [...newVolumes, ...changedVolumes];
  await verify(deps, watch, { ...staged, signed: false, read });
  const comment = TRUSTED_COMMENTS.edition(number);
  const signed = { name: 'edition.json', text: built.json, comment };
  for (const [name, text] of signatureFiles(signed, plan.signers.edition)) put(name, text);
  const digest = sha256(built.json);
  rememberEdition(digest, built.edition);
  const { editions, volumes } = directories;
  requireIntact(verifyStagedSignature({ ...staged, editions, volumes }, digest));
  disk.syncDirectory(staging);
  ensureDirectory(disk, directories.editions);
  const final = path.join(directories.editions, editionFolderName(number));
  if (!disk.renameNoReplace(staging, final)) throw new FonotecaError('FILE_EXISTS', final);
  disk.syncDirectory(directories.editions);
  await record(deps, number, digest, built.edition.volumes);
  const expires = point(deps, { edition: built.edition, sha256: digest }, plan.state.last);
  return { outcome: 'published', number, sha256: digest, expires, newVolumes };
}

/** An edition in its place was verified before it came there; it is verified again, for the killed run can vouch for nothing. */
async function finish(
  plan: Extract<EditionPlan, { kind: 'finish' }>,
  deps: PublishDeps,
  watch: Watch,
): Promise<PublishReport> {
  const { edition, sha256: digest } = readEdition(deps, plan.number);
  const { number, volumes } = edition;
  const newVolumes = volumes
    .filter(({ added }) => added.edition === number)
    .map(({ name }) => name);
  if (plan.state.unrecorded) {
    const directory = path.join(deps.directories.editions, editionFolderName(number));
    if (plan.state.last) completeTiles(deps, plan.state.last);
    const publicKey = signerOf(storedKeys(deps, number), deps, directory);
    const read = [...newVolumes, ...changedVolumes(plan.state.last?.edition, volumes)];
    await verify(deps, watch, { number, directory, publicKey, signed: true, read });
    deps.disk.syncDirectory(deps.directories.editions);
    await record(deps, number, digest, volumes);
  }
  const expires = point(deps, { edition, sha256: digest });
  return { outcome: 'finished', number, sha256: digest, expires, newVolumes };
}

/** The key that wrote the plain signature of the edition in `directory`: any of those that may, not only the first. */
function signerOf(keys: EditionKeys, { disk }: PublishDeps, directory: string): string {
  const file = path.join(directory, 'edition.json.minisig');
  const { keyId } = parseMinisignature(readWholeFile(disk, file).toString('utf8'));
  const signer = keys.keys.find(({ publicKey }) =>
    Buffer.from(parsePublicKey(publicKey).keyId).equals(keyId),
  );
  return signer?.publicKey ?? editionKeyOf(keys);
}

/** Torrents that no edition lists yet take their place; their infohashes stay. */
function writeTorrents(plan: NewEdition, deps: PublishDeps): void {
  for (const torrent of plan.torrents) {
    if (!torrent.toWrite) continue;
    const place = torrentPlace(deps, torrent);
    const bytes = torrentBytes(deps, torrent);
    ensureDirectory(deps.disk, path.dirname(place));
    const temporary = path.join(deps.directories.work, `edition-${torrent.volume}.torrent`);
    putFile(deps.disk, place, bytes, { replace: true, temporary });
  }
}

async function verify(
  { directories }: PublishDeps,
  watch: Watch,
  {
    publicKey,
    ...staged
  }: {
    number: number;
    directory: string;
    publicKey: string;
    signed: boolean;
    read: readonly string[];
  },
): Promise<void> {
  const { editions, volumes } = directories;
  let report: VerifyReport;
  try {
    report = await verifyStaged(
      { ...staged, editions, volumes },
      {
        publicKey,
        stop: watch.stop,
        onProgress: ({ doneVolumes, totalVolumes, doneBytes, totalBytes, item }) =>
          watch.progress({
            ...{ stage: 'publish', doneItems: doneVolumes, totalItems: totalVolumes },
            ...{ doneBytes, totalBytes, item },
          }),
      },
    );
  } catch (error) {
    if (watch.stop.aborted)
      throw new FonotecaError('INTERRUPTED', `before edition ${staged.number}`, { cause: error });
    throw error;
  }
  requireIntact(report);
}

function requireIntact(report: Pick<VerifyReport, 'intact' | 'findings' | 'findingCount'>): void {
  if (report.intact) return;
  const [first] = report.findings;
  const seen = `${report.findingCount} findings, the first ${first?.code} at ${first?.subject}: ${first?.seen}`;
  throw new FonotecaError('PUBLISH_VERIFY_FAILED', seen);
}

async function record(
  { ledger }: PublishDeps,
  number: number,
  digest: Digest,
  volumes: readonly { name: string }[],
): Promise<void> {
  const names = volumes.map(({ name }) => name);
  await ledger.commit([{ kind: 'edition-published', number, sha256: digest, volumes: names }]);
}

/** Makes edition `number` the one that readers see, its log first. Returns when its timestamp expires. */
function point(deps: PublishDeps, published: PublishedEdition, before?: PublishedEdition): string {
  const { number } = published.edition;
  const available = [deps.secretKey, ...(deps.furtherKeys ?? [])];
  const key = timestampSigner(available, storedKeys(deps, number));
  const log = writeLog(deps, { edition: published, before }, key);
  const { sequence, expires } = renewTimestamp(
    deps,
    { number, digest: published.sha256, log },
    key,
  );
  setPointer(deps, { edition: number, timestamp: sequence });
  return expires;
}

/** What a killed run left in work/ is of no use: everything is made again from the ledger. */
function clearStaging({ disk, directories }: PublishDeps): void {
  for (const name of disk.list(directories.work)) {
    if (!name.startsWith('edition-')) continue;
    const entry = path.join(directories.work, name);
    if (disk.stat(entry)?.kind === 'directory') removeTree(disk, entry);
    else disk.unlink(entry);
  }
}
