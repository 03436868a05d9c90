/**
 * Fetches the editions behind the last known one, each judged before anything it lists is asked for.
 *
 * The documents have fixed caps; once enough known keys have signed `edition.json`, its list bounds every further byte.
 * The judge is the separate verifier. Specified in docs/formats/following.md.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { checkChain } from '../verifier/chain-check.ts';
import { startFindings, type VerifyFinding } from '../verifier/codes.ts';
import { parseDocument } from '../verifier/documents.ts';
import { type CheckedEdition, checkEdition } from '../verifier/edition-check.ts';
import { editionPath } from '../verifier/edition-shape.ts';
import { type ListedFile, Problem, readWhole, type Tree } from '../verifier/files.ts';
import {
  type KeyRoles,
  MAX_KEYS,
  MAX_KEYS_BYTES,
  MAX_SIGNATURE_BYTES,
  printedId,
  readKeyRoles,
} from '../verifier/signature.ts';
import type { RemoteTree } from './remote-tree.ts';
import type { Staging } from './staging.ts';

/** Largest edition.json that the verifier reads. */
export const MAX_EDITION_BYTES = 256 << 20;
/** Largest listed file of an edition's own: the lines of some hundred million tracks. */
const MAX_LISTED_BYTES = 64 * 2 ** 30;
/** Files outside the folder of an edition that belong to its metadata. */
const TOOLS = 'editions/tools/';
/** Files asked for at once: enough to hide the way there and back, as many as the door keeps connections. */
const MAX_AT_ONCE = 4;
/** Further signatures asked for in one edition: of all its keys, and of all of the one before. */
const MAX_SIGNERS = 2 * MAX_KEYS;

/** What fetching goes through. */
export interface FetchContext {
  readonly remote: RemoteTree;
  readonly staging: Staging;
  readonly disk: Disk;
  /** Told of each file. */
  readonly onFile: (path: string) => void;
}

/** The tree being built as the verifier sees it. */
function stagedTree({ root }: Staging): Tree {
  return { editions: `${root}/editions`, volumes: `${root}/volumes` };
}

/** Edition `number` as it lies in the good part of the tree. Undefined when it does not hold. */
export function knownEdition(staging: Staging, number: number): CheckedEdition | undefined {
  const findings = startFindings();
  return checkEdition(stagedTree(staging), number, undefined, findings, { isAlone: true });
}

/**
 * The documents and signatures of edition `number`, fetched and judged against the one before; what it lists is not there
 * yet. Throws the verifier's code for what is wrong with it, `FOLLOW_FAST_FORWARD` when the address does not have it.
 */
export async function fetchSigned(
  context: FetchContext,
  number: number,
  before: CheckedEdition | undefined,
): Promise<CheckedEdition> {
  await fetchDocuments(context, number, before);
  return judge(context.staging, number, before, ({ code }) => code !== 'VERIFY_FILE_MISSING');
}

/** Bytes of the documents of edition `number` that lie in the tree: what it cost until here. */
export function documentBytes({ staging, disk }: FetchContext, number: number): number {
  const folder = staging.place(editionPath(number, ''));
  const sizes = disk.list(folder).map((name) => disk.stat(path.join(folder, name))?.sizeBytes ?? 0);
  return sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
}

/**
 * Fetches what `edition` lists in its own folder and of tools, and judges it again with that. To be called when the keys
 * behind it are proved: anybody can sign a list of any sizes. Throws the verifier's codes, `FOLLOW_MIXED` when the
 * address has a file of the edition `before` there.
 */
export async function fetchListedFiles(
  context: FetchContext,
  edition: CheckedEdition,
  before: CheckedEdition | undefined,
): Promise<CheckedEdition> {
  const { staging } = context;
  const own = editionPath(edition.number, '');
  const wanted = [...edition.files.values()].filter(
    (file) => (file.path.startsWith(own) || file.path.startsWith(TOOLS)) && !staging.has(file.path),
  );
  const large = wanted.find(({ sizeBytes }) => sizeBytes > MAX_LISTED_BYTES);
  if (large)
    throw new FonotecaError(
      'VERIFY_FILE_SIZE',
      `${large.path}: listed with ${large.sizeBytes} bytes, more than ${MAX_LISTED_BYTES}`,
    );
  for (let at = 0; at < wanted.length; at += MAX_AT_ONCE) {
    const part = wanted.slice(at, at + MAX_AT_ONCE);
    const fetching = part.map((file, slot) => fetchListed(context, file, before, slot));
    // All have ended before the first refusal is thrown, so that nothing writes behind it.
    const ended = await Promise.allSettled(fetching);
    const refused = ended.find((one) => one.status === 'rejected');
    if (refused) throw refused.reason;
  }
  return judge(staging, edition.number, before, () => true);
}

/** Fetches a listed file and compares it with what is listed. */
async function fetchListed(
  { remote, staging, disk, onFile }: FetchContext,
  listed: ListedFile,
  before: CheckedEdition | undefined,
  slot: number,
): Promise<void> {
  const { path: name } = listed;
  onFile(name);
  const twin = twinOf(name, before);
  const maxBytes = Math.max(listed.sizeBytes, twin?.sizeBytes ?? 0);
  const to = { file: staging.place(name), temporary: `${staging.temporary}-${slot}`, disk };
  const seen = await remote.save(name, maxBytes, to);
  if (!seen) throw new FonotecaError('VERIFY_FILE_MISSING', `${remote.address}/${name}`);
  if (seen.sha256 === listed.sha256 && seen.sizeBytes === listed.sizeBytes) return;
  if (seen.sha256 === twin?.sha256)
    throw new FonotecaError('FOLLOW_MIXED', `${name} is that of edition ${before!.number}`);
  if (seen.sizeBytes !== listed.sizeBytes)
    throw new FonotecaError(
      'VERIFY_FILE_SIZE',
      `${name}: ${seen.sizeBytes} bytes, not ${listed.sizeBytes}`,
    );
  throw new FonotecaError('VERIFY_FILE_DIGEST', `${name}: ${seen.sha256}`);
}

/** The keys, edition.json and every signature of them that the keys could have made. */
async function fetchDocuments(
  context: FetchContext,
  number: number,
  before: CheckedEdition | undefined,
): Promise<void> {
  const { remote, staging, disk, onFile } = context;
  const at = (name: string) => editionPath(number, name);
  const required = async (name: string, maxBytes: number) => {
    const to = { file: staging.place(at(name)), temporary: staging.temporary, disk };
    onFile(at(name));
    const seen = await remote.save(at(name), maxBytes, to);
    if (seen) return seen;
    const code = name === 'edition.json' ? 'FOLLOW_FAST_FORWARD' : 'VERIFY_FILE_MISSING';
    throw new FonotecaError(code, `${remote.address} has no ${at(name)}`);
  };
  const { sha256 } = await required('edition.json', MAX_EDITION_BYTES);
  if (sha256 === before?.sha256)
    throw new FonotecaError('FOLLOW_MIXED', `${at('edition.json')} is that of ${before.number}`);
  await required('edition.json.minisig', MAX_SIGNATURE_BYTES);
  await required('keys.json', MAX_KEYS_BYTES);
  await required('keys.json.minisig', MAX_SIGNATURE_BYTES);
  // The keys are judged by nobody yet: they only say which further signatures are worth asking for.
  for (const id of furtherSigners(staging, number, before))
    for (const name of [`edition.json.${id}.minisig`, `keys.json.${id}.minisig`]) {
      const bytes = await remote.whole(at(name), MAX_SIGNATURE_BYTES);
      if (bytes) staging.put(at(name), bytes);
    }
}

/** Ids of the keys that may have signed, when there is more than one. */
function furtherSigners(
  staging: Staging,
  number: number,
  before: CheckedEdition | undefined,
): string[] {
  const keys = readStagedKeys(staging, number);
  const ids = [...(before?.keys.edition.keys() ?? []), ...(keys?.edition.keys() ?? [])];
  const distinct = [...new Set(ids)].slice(0, MAX_SIGNERS);
  return distinct.length > 1 ? distinct.map(printedId) : [];
}

function readStagedKeys(staging: Staging, number: number): KeyRoles | undefined {
  try {
    const file = staging.place(editionPath(number, 'keys.json'));
    return readKeyRoles(parseDocument(readWhole(file, MAX_KEYS_BYTES)));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** The edition if it holds; what is found and matters by `counts` is thrown. */
function judge(
  staging: Staging,
  number: number,
  before: CheckedEdition | undefined,
  counts: (finding: VerifyFinding) => boolean,
): CheckedEdition {
  const findings = startFindings();
  const edition = checkEdition(stagedTree(staging), number, before, findings);
  if (edition) checkChain(edition, before, findings);
  const wrong = findings.kept.find((finding) => !edition || counts(finding));
  if (wrong) throw new FonotecaError(wrong.code, `${wrong.subject}: ${wrong.seen}`);
  if (edition) return edition;
  throw new FonotecaError('VERIFY_DOCUMENT', editionPath(number, 'edition.json'));
}

/** The file of the same name in the edition before: what a mix of two editions puts in its place. */
function twinOf(name: string, before: CheckedEdition | undefined): ListedFile | undefined {
  return before?.files.get(editionPath(before.number, path.posix.basename(name)));
}
