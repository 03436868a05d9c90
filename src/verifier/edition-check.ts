/**
 * One edition checked: its keys, signatures, place in the chain, and the files of its folder.
 *
 * Nothing in an edition is believed before its signature fits; a folder whose edition.json does not hold is told and
 * not looked into further.
 */
import crypto from 'node:crypto';
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import { parseDocument } from './documents.ts';
import { type EditionShape, editionPath, readEdition } from './edition-shape.ts';
import {
  checkListedFile,
  editionDirectory,
  listDirectory,
  locate,
  Problem,
  readWhole,
  type Tree,
  tell,
} from './files.ts';
import { checkSignature, type KeyRoles, MAX_SIGNATURE_BYTES, readKeyRoles } from './signature.ts';

/** An edition that holds. */
export interface CheckedEdition extends EditionShape {
  /** SHA-256 of edition.json. */
  readonly sha256: string;
  readonly keys: KeyRoles;
  /** Listed files of its own folder that are missing or not what is listed. */
  readonly damaged: ReadonlySet<string>;
}

/** Largest edition.json read: some two hundred thousand volumes. */
const MAX_EDITION_BYTES = 256 << 20;
const MAX_KEYS_BYTES = 1 << 20;

/**
 * Checks edition `number` against `before`, the edition one lower (undefined when that one did not hold). With
 * `signed: false` edition.json need not be signed yet. Returns it unless it cannot be believed.
 */
export function checkEdition(
  tree: Tree,
  number: number,
  before: CheckedEdition | undefined,
  findings: FindingSink,
  { signed = true }: { signed?: boolean } = {},
): CheckedEdition | undefined {
  const subject = editionPath(number, 'edition.json');
  let edition: Omit<CheckedEdition, 'damaged'>;
  try {
    const keys = checkKeys(tree, number, before);
    const bytes = readWhole(locate(tree, subject)!, MAX_EDITION_BYTES);
    if (signed) {
      const signature = readPart(tree, editionPath(number, 'edition.json.minisig'));
      const comment = `fonoteca-edition/1 number ${number}`;
      within(`${subject}.minisig`, () => checkSignature(keys.edition, bytes, signature, comment));
    }
    const sha256 = crypto.hash('sha256', bytes, 'hex');
    edition = { ...readEdition(parseDocument(bytes)), sha256, keys };
    if (edition.number !== number)
      throw new Problem('VERIFY_EDITION_NUMBER', `number ${edition.number}`);
  } catch (error) {
    if (error instanceof Located)
      findings.add(error.problem.code, error.subject, error.problem.seen);
    else tell(findings, subject, error);
    return undefined;
  }
  checkChain(edition, before, subject, findings);
  return { ...edition, damaged: checkFolder(tree, edition, findings, signed) };
}

/** `keys.json`, signed by a key of its own and, from edition 2 on, by one that the edition before trusted. */
function checkKeys(tree: Tree, number: number, before: CheckedEdition | undefined): KeyRoles {
  const subject = editionPath(number, 'keys.json');
  const bytes = readPart(tree, subject, MAX_KEYS_BYTES);
  const signature = readPart(tree, `${subject}.minisig`);
  const keys = within(subject, () => readKeyRoles(parseDocument(bytes)));
  within(`${subject}.minisig`, () => {
    checkSignature(keys.edition, bytes, signature, 'fonoteca-keys/1');
    if (before) checkSignature(before.keys.edition, bytes, signature, 'fonoteca-keys/1');
  });
  return keys;
}

function checkChain(
  edition: Omit<CheckedEdition, 'damaged'>,
  before: CheckedEdition | undefined,
  subject: string,
  findings: FindingSink,
): void {
  const first = edition.number === 1;
  if (first !== (edition.previous === null))
    findings.add('VERIFY_CHAIN_BROKEN', subject, `previous is ${edition.previous}`);
  else if (before && edition.previous !== before.sha256)
    findings.add('VERIFY_CHAIN_BROKEN', subject, `previous is ${edition.previous}`);
  if (!before) return;
  if (edition.archiveId !== before.archiveId)
    findings.add(
      'VERIFY_CHAIN_BROKEN',
      subject,
      `archive ${edition.archiveId}, before ${before.archiveId}`,
    );
  const earlier = new Map(before.volumes.map((volume) => [volume.name, volume]));
  for (const { name, sha256 } of edition.volumes) {
    const was = earlier.get(name);
    if (was && was.sha256 !== sha256)
      findings.add(
        'VERIFY_VOLUME_CHANGED',
        `volumes/${name}.tar`,
        `${sha256}, before ${was.sha256}`,
      );
  }
}

/** Checks the listed files of the edition's own folder, and what lies there beside them. Returns the damaged ones. */
function checkFolder(
  tree: Tree,
  edition: EditionShape,
  findings: FindingSink,
  signed: boolean,
): Set<string> {
  const damaged = new Set<string>();
  const own = editionPath(edition.number, '');
  for (const listed of edition.files.values())
    if (listed.path.startsWith(own) && !checkListedFile(tree, listed, findings))
      damaged.add(listed.path);
  const unlisted = ['edition.json', ...(signed ? ['edition.json.minisig'] : [])];
  for (const entry of listDirectory(editionDirectory(tree, edition.number))) {
    const name = `${own}${entry.name}`;
    if (!edition.files.has(name) && !unlisted.includes(entry.name))
      findings.add('VERIFY_FILE_UNLISTED', name, entry.isFile() ? 'a file' : 'no file');
  }
  return damaged;
}

/** A problem with a file other than the one at hand. */
class Located extends Error {
  readonly subject: string;
  readonly problem: Problem;
  constructor(subject: string, problem: Problem) {
    super(problem.message);
    this.subject = subject;
    this.problem = problem;
  }
}

function within<T>(subject: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Problem ? new Located(subject, error) : error;
  }
}

function readPart(tree: Tree, name: string, maxBytes: number = MAX_SIGNATURE_BYTES): Buffer {
  return within(name, () => readWhole(path.resolve(locate(tree, name)!), maxBytes));
}
