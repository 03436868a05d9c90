/**
 * The keys of an archive as the command line shows and changes them. Input: an open archive and a wish. Output: what the
 * keys.json of the next edition says, and what the operator has still to do.
 */
import path from 'node:path';
import type { Archive } from './archive.ts';
import {
  givenOrNewKey,
  type KeyNames,
  keepKeyFile,
  readArchiveKeys,
  readPublicKeys,
  secretKeyFiles,
  settleArchiveKeys,
} from './archive-keys.ts';
import { canonicalJson } from './base/canonical-json.ts';
import { FonotecaError } from './base/errors.ts';
import { keyIdText, parsePublicKey, publicKeyBase64 } from './formats/minisign.ts';
import type { EditionKeys } from './model/edition.ts';
import { withKey, withoutKey, withReplaced } from './publishing/keys-change.ts';
import {
  KEY_ROLES,
  type KeyRole,
  keysFact,
  mayBe,
  nextKeys,
  storedKeys,
} from './publishing/keys-document.ts';

/** A change of keys. */
export type KeysWish =
  | { readonly kind: 'show' }
  /** `publicKey` is the text of a public key. */
  | { readonly kind: 'add'; readonly publicKey: string; readonly role: KeyRole | 'both' }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'threshold'; readonly count: number }
  /** `secretKey` is the text of the new secret key; one is made when absent. */
  | { readonly kind: 'rotate'; readonly secretKey: string | undefined };

/** The keys of an archive. */
export interface KeysReport {
  /** The keys.json of the next edition. */
  readonly next: EditionKeys;
  /** That of the newest edition, where there is one. */
  readonly published: EditionKeys | undefined;
  /** Whether the next edition will have another keys.json than the newest. */
  readonly isPending: boolean;
  /** Whether the wish changed anything, or would. */
  readonly isChanged: boolean;
  /** Secret keys that lie in the archive, by id. */
  readonly here: readonly string[];
  /** Files of secret keys that sign nothing any more: neither the newest edition nor the next one names them. */
  readonly retired: readonly string[];
}

/** What the keys are, or would be with `wish`. Writes nothing. Throws as `changeKeys` does. */
export async function previewKeys(archive: Archive, wish: KeysWish): Promise<KeysReport> {
  const current = await currentKeys(archive);
  if (wish.kind !== 'rotate') return reportOf(archive, current, applied(archive, current, wish));
  // A key made for the preview would be another one than is made in earnest.
  const next = wish.secretKey === undefined ? current : rotated(archive, current, wish).next;
  return { ...(await reportOf(archive, current, next)), isChanged: true };
}

/**
 * Carries out `wish`: the ledger is told, and the next edition says so. Throws `KEYS_INVALID`, `KEYS_UNKNOWN`, `KEY_INVALID`,
 * `KEY_ENCRYPTED`, `KEY_MISSING`. A rotation that was killed is completed by the next command that writes.
 */
export async function changeKeys(archive: Archive, wish: KeysWish): Promise<KeysReport> {
  const { ledger, layout, disk, config } = archive;
  const current = await currentKeys(archive);
  if (wish.kind !== 'rotate') {
    const next = applied(archive, current, wish);
    const report = await reportOf(archive, current, next);
    if (report.isChanged) await ledger.commit([keysFact(next)]);
    return report;
  }
  const { key, next } = rotated(archive, current, wish);
  const fact = keysFact(next);
  keepKeyFile(layout, disk, archive.secretKey());
  keepKeyFile(layout, disk, key);
  await ledger.commit([fact]);
  const names = { archiveId: config.archive_id, told: fact };
  settleArchiveKeys(layout, disk, readArchiveKeys(layout, names)!);
  return reportOf(archive, current, next);
}

/** Files of secret keys in keys/ that neither the newest edition nor the next one names: they may go offline. */
export async function retiredKeyFiles(archive: Archive): Promise<string[]> {
  const next = await currentKeys(archive);
  const published = await publishedKeys(archive);
  const named = new Set([...next.keys, ...(published?.keys ?? [])].map(({ id }) => id));
  return (await filesHere(archive))
    .filter(({ id }) => !named.has(id))
    .map(({ file }) => path.relative(archive.layout.root, file));
}

/**
 * The public key that the newest edition is checked with on the archive's own word, as minisign takes it: one that the
 * ledger was told of or that lies in keys/. Before the first edition the archive's own; null where no key is known.
 */
export async function trustedKey(archive: Archive): Promise<string | null> {
  const published = await publishedKeys(archive).catch(unlessDamaged);
  const names = await namesNow(archive);
  const told = names.told?.keys.map(({ publicKey }) => publicKey) ?? [];
  const known = [...readPublicKeys(archive.layout, names).map(publicKeyBase64), ...told];
  const signing = known.find(
    (key) => published !== undefined && mayBe(published, 'edition', parsePublicKey(key)),
  );
  return signing ?? known[0] ?? null;
}

/** A damaged edition is for the verifier to tell of. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof FonotecaError)) throw error;
}

function applied(
  archive: Archive,
  current: EditionKeys,
  wish: Exclude<KeysWish, { kind: 'rotate' }>,
): EditionKeys {
  if (wish.kind === 'show') return current;
  const next = changed(archive, current, wish);
  // Refuses what no edition could be signed with, in a preview too.
  keysFact(next);
  return next;
}

function changed(
  archive: Archive,
  current: EditionKeys,
  wish: Exclude<KeysWish, { kind: 'rotate' | 'show' }>,
): EditionKeys {
  if (wish.kind === 'threshold') return { ...current, threshold: wish.count };
  if (wish.kind === 'add') {
    const roles = wish.role === 'both' ? KEY_ROLES : [wish.role];
    return withKey(current, parsePublicKey(wish.publicKey), roles);
  }
  const id = wish.id.toUpperCase();
  if (id === keyIdText(archive.publicKey()))
    throw new FonotecaError(
      'KEYS_INVALID',
      `${id} is the archive's own key; \`fonoteca keys rotate\` puts another in its place`,
    );
  return withoutKey(current, id);
}

function rotated(
  archive: Archive,
  current: EditionKeys,
  { secretKey }: { readonly secretKey: string | undefined },
) {
  const key = givenOrNewKey(secretKey, archive.random);
  const own = keyIdText(archive.publicKey());
  return { key, next: withReplaced(current, own, key.publicKey) };
}

async function reportOf(
  archive: Archive,
  current: EditionKeys,
  next: EditionKeys,
): Promise<KeysReport> {
  const published = await publishedKeys(archive);
  return {
    next,
    published,
    isPending: published !== undefined && !isSame(published, next),
    isChanged: !isSame(current, next),
    here: (await filesHere(archive)).map(({ id }) => id),
    retired: await retiredKeyFiles(archive),
  };
}

async function currentKeys({ ledger, publicKey }: Archive): Promise<EditionKeys> {
  return nextKeys(ledger, publicKey);
}

async function publishedKeys({ ledger, disk, layout }: Archive): Promise<EditionKeys | undefined> {
  const last = (await ledger.editions()).at(-1);
  return last && storedKeys({ disk, directories: { editions: layout.editions } }, last.number);
}

async function filesHere(archive: Archive): Promise<{ id: string; file: string }[]> {
  const [own] = readPublicKeys(archive.layout, await namesNow(archive));
  return secretKeyFiles(archive.layout, own ? keyIdText(own) : archive.config.archive_id);
}

/** Asked anew, since a rotation changes it. */
async function namesNow({ ledger, config }: Archive): Promise<KeyNames> {
  return { archiveId: config.archive_id, told: await ledger.editionKeys() };
}

function isSame(a: EditionKeys, b: EditionKeys): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
