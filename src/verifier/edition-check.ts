/**
 * One edition checked: its keys, signatures, and the files of its folder.
 *
 * Nothing in an edition is believed before its signature fits; a folder whose edition.json does not hold is told and
 * not looked into further. What it owes to the edition before is in chain-check.ts.
 */
import crypto from 'node:crypto';
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import { parseDocument, wrong } from './documents.ts';
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
import {
  checkSignature,
  type KeyRoles,
  type KeySet,
  MAX_KEYS_BYTES,
  MAX_SIGNATURE_BYTES,
  printedId,
  readKeyRoles,
  requireThreshold,
} from './signature.ts';

/** An edition that holds. */
export interface CheckedEdition extends EditionShape {
  /** SHA-256 of edition.json. */
  readonly sha256: string;
  readonly keys: KeyRoles;
  /** Hex ids of the keys that signed edition.json; undefined while it need not be signed. */
  readonly signers: ReadonlySet<string> | undefined;
  /** Listed files of its own folder that are missing or not what is listed. */
  readonly damaged: ReadonlySet<string>;
}

/** Largest edition.json read: some two hundred thousand volumes. */
const MAX_EDITION_BYTES = 256 << 20;
/** The signature of one more key, named by its id. */
const FURTHER_SIGNATURE = /\.json\.([0-9A-F]{16})\.minisig$/;
const EDITION_SIGNATURE = /^edition\.json\.(?:[0-9A-F]{16}\.)?minisig$/;

/**
 * Checks edition `number` against `before`, the edition one lower (undefined when that one did not hold). With
 * `signed: false` edition.json need not be signed yet; with `isAlone` the edition before is not looked at, and further
 * signatures by its keys are passed over. Returns it unless it cannot be believed.
 */
export function checkEdition(
  tree: Tree,
  number: number,
  before: CheckedEdition | undefined,
  findings: FindingSink,
  { signed = true, isAlone = false }: { signed?: boolean; isAlone?: boolean } = {},
): CheckedEdition | undefined {
  const subject = editionPath(number, 'edition.json');
  let edition: Omit<CheckedEdition, 'damaged'>;
  try {
    const keys = checkKeys(tree, number, before, isAlone);
    const bytes = readWhole(locate(tree, subject)!, MAX_EDITION_BYTES);
    const signers = signed ? requireSigned(tree, number, bytes, keys) : undefined;
    const sha256 = crypto.hash('sha256', bytes, 'hex');
    edition = { ...readEdition(parseDocument(bytes)), sha256, keys, signers };
    if (edition.number !== number)
      throw new Problem('VERIFY_EDITION_NUMBER', `number ${edition.number}`);
  } catch (error) {
    if (error instanceof Located)
      findings.add(error.problem.code, error.subject, error.problem.seen);
    else tell(findings, subject, error);
    return undefined;
  }
  return { ...edition, damaged: checkFolder(tree, edition, findings, signed) };
}

/**
 * The SHA-256 of edition.json of edition `number` when enough keys of its keys.json signed it. Tells otherwise. Neither
 * document is looked into.
 */
export function checkEditionSignature(
  tree: Tree,
  number: number,
  findings: FindingSink,
): string | undefined {
  const subject = editionPath(number, 'edition.json');
  try {
    const name = editionPath(number, 'keys.json');
    const keys = readKeyRoles(parseDocument(readPart(tree, name, MAX_KEYS_BYTES)));
    const bytes = readWhole(locate(tree, subject)!, MAX_EDITION_BYTES);
    requireSigned(tree, number, bytes, keys);
    return crypto.hash('sha256', bytes, 'hex');
  } catch (error) {
    if (error instanceof Located)
      findings.add(error.problem.code, error.subject, error.problem.seen);
    else tell(findings, subject, error);
    return undefined;
  }
}

/** The signers of `bytes`, edition.json of edition `number`. Throws unless they are as many of `keys` as these call for. */
function requireSigned(
  tree: Tree,
  number: number,
  bytes: Buffer,
  keys: KeyRoles,
): ReadonlySet<string> {
  const comment = `fonoteca-edition/1 number ${number}`;
  const signers = checkSignatures(tree, number, 'edition.json', bytes, keys.edition, comment);
  within(editionPath(number, 'edition.json.minisig'), () =>
    requireThreshold(signers, keys.edition, keys.threshold, `edition ${number}`),
  );
  return signers;
}

/** `keys.json`, signed by enough keys of its own and, from edition 2 on, by enough that the edition before trusted. */
function checkKeys(
  tree: Tree,
  number: number,
  before: CheckedEdition | undefined,
  isAlone: boolean,
): KeyRoles {
  const subject = editionPath(number, 'keys.json');
  const bytes = readPart(tree, subject, MAX_KEYS_BYTES);
  const keys = within(subject, () => readKeyRoles(parseDocument(bytes)));
  const either = within(subject, () => unite(before?.keys.edition ?? new Map(), keys.edition));
  const comment = keysComment(number, before);
  const signers = checkSignatures(tree, number, 'keys.json', bytes, either, comment, isAlone);
  within(`${subject}.minisig`, () => {
    requireThreshold(signers, keys.edition, keys.threshold, `edition ${number}`);
    if (before)
      requireThreshold(
        signers,
        before.keys.edition,
        before.keys.threshold,
        `edition ${before.number}`,
      );
  });
  return keys;
}

/**
 * The keys of both editions. Anyone can make a key with the id of another, and signatures are counted by id: an id that
 * stands for two keys would let a stranger sign in the place of the older one. Throws a `Problem`.
 */
function unite(older: KeySet, own: KeySet): KeySet {
  for (const [id, raw] of own)
    if (older.has(id) && !older.get(id)!.equals(raw))
      throw wrong(`key ${printedId(id)} is another key than in the edition before`);
  return new Map([...older, ...own]);
}

/**
 * What signatures of keys.json say: which edition they are for, and behind which. Who holds a revoked key could put an
 * old list in a new edition otherwise, with its old signatures. Where the edition before is not known, any will do.
 */
function keysComment(number: number, before: CheckedEdition | undefined): string | RegExp {
  const own = `fonoteca-keys/1 number ${number}`;
  if (number === 1) return own;
  return before ? `${own} previous ${before.sha256}` : new RegExp(`^${own} previous [0-9a-f]{64}$`);
}

/** Checks every signature of a document: `NAME.minisig` and further `NAME.KEYID.minisig`. Returns the ids of the keys. */
function checkSignatures(
  tree: Tree,
  number: number,
  name: string,
  bytes: Buffer,
  keys: KeySet,
  comment: string | RegExp,
  passesOthers = false,
): ReadonlySet<string> {
  const signers = new Set<string>();
  const further = listDirectory(editionDirectory(tree, number))
    .map((entry) => entry.name)
    .filter((other) => other.startsWith(`${name}.`) && FURTHER_SIGNATURE.test(other));
  for (const file of [`${name}.minisig`, ...further]) {
    const named = FURTHER_SIGNATURE.exec(file)?.[1];
    const isOther = named !== undefined && ![...keys.keys()].some((id) => printedId(id) === named);
    if (passesOthers && isOther) continue;
    const subject = editionPath(number, file);
    const signature = readPart(tree, subject);
    within(subject, () => {
      const id = checkSignature(keys, bytes, signature, comment);
      if (signers.has(id) || (named !== undefined && named !== printedId(id)))
        throw new Problem('VERIFY_SIGNATURE_FORM', `a signature by key ${printedId(id)}`);
      signers.add(id);
    });
  }
  return signers;
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
  for (const entry of listDirectory(editionDirectory(tree, edition.number))) {
    const name = `${own}${entry.name}`;
    const isOwn = entry.name === 'edition.json' || (signed && EDITION_SIGNATURE.test(entry.name));
    if (!edition.files.has(name) && !isOwn)
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
