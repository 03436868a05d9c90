/**
 * keys.json: the keys that may sign, of an edition in its place and of the next one.
 *
 * Input: the ledger and folders of editions. Output: the document as a value. Spec: docs/formats/keys.md.
 */
import path from 'node:path';
import { FonotecaError, messageOf } from '../base/errors.ts';
import {
  keyIdText,
  type MinisignPublicKey,
  parsePublicKey,
  publicKeyBase64,
} from '../formats/minisign.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type EditionKeys, editionFolderName, editionKeysSchema } from '../model/edition.ts';
import type { EditionKeysFact } from '../model/fact.ts';
import type { LogPlace } from './log-folder.ts';
import { readWholeFile } from './small-files.ts';

/** What a key may sign. */
export type KeyRole = keyof EditionKeys['roles'];
/** Most keys of one keys.json; readers take no more. */
const MAX_KEYS = 32;
/** What keys may sign. */
export const KEY_ROLES: readonly KeyRole[] = ['edition', 'timestamp'];

/** The keys.json of an archive that has one key for everything. */
function soleKey(key: MinisignPublicKey): EditionKeys {
  const id = keyIdText(key);
  return {
    format: 'fonoteca-keys/1',
    keys: [{ id, publicKey: publicKeyBase64(key) }],
    roles: { edition: [id], timestamp: [id] },
    threshold: 1,
  };
}

/** The keys.json of the next edition: what the ledger was told, or the archive's own key alone, which `own` reads. */
export async function nextKeys(ledger: Ledger, own: () => MinisignPublicKey): Promise<EditionKeys> {
  const told = await ledger.editionKeys();
  return told ? documentOf(told) : soleKey(own());
}

/** The keys.json of edition `number` in its folder. Throws `EDITION_INVALID`. */
export function storedKeys({ disk, directories }: LogPlace, number: number): EditionKeys {
  const file = path.join(directories.editions, editionFolderName(number), 'keys.json');
  const bad = (seen: string, cause?: unknown) =>
    new FonotecaError('EDITION_INVALID', `${file}: ${seen}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(readWholeFile(disk, file).toString('utf8'));
  } catch (error) {
    throw bad(messageOf(error), error);
  }
  const result = editionKeysSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw bad(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** The edition key, as minisign takes it, that people check an edition of `keys` with: the first. */
export function editionKeyOf({ keys, roles }: EditionKeys): string {
  const [first] = roles.edition;
  return keys.find(({ id }) => id === first)?.publicKey ?? '';
}

/** Whether `keys` give `key`, all of it and not only its id, the role `role`. */
export function mayBe(keys: EditionKeys, role: KeyRole, key: MinisignPublicKey): boolean {
  const id = keyIdText(key);
  const named = keys.keys.find((one) => one.id === id);
  return named?.publicKey === publicKeyBase64(key) && keys.roles[role].includes(id);
}

/** `keys` as the ledger is told of them. Throws `KEYS_INVALID` when no edition could be signed with them. */
export function keysFact(keys: EditionKeys): EditionKeysFact {
  const ids = keys.keys.map(({ id }) => id);
  const bad = (seen: string) => new FonotecaError('KEYS_INVALID', seen);
  if (ids.length > MAX_KEYS) throw bad(`${ids.length} keys, more than ${MAX_KEYS}`);
  const bodies = new Set<string>();
  for (const { id, publicKey } of keys.keys) {
    const key = parsePublicKey(publicKey);
    if (keyIdText(key) !== id) throw bad(`${id} with the key of another`);
    bodies.add(Buffer.from(key.bytes).toString('hex'));
  }
  // One key under two ids would count twice for the threshold.
  if (new Set(ids).size !== ids.length || bodies.size !== ids.length) throw bad('a key twice');
  for (const role of KEY_ROLES) {
    if (keys.roles[role].length === 0) throw bad(`no ${role} key`);
    if (keys.roles[role].some((id) => !ids.includes(id))) throw bad(`an unknown ${role} key`);
  }
  if (ids.some((id) => KEY_ROLES.every((role) => !keys.roles[role].includes(id))))
    throw bad('a key without a role');
  if (keys.threshold < 1 || keys.threshold > keys.roles.edition.length)
    throw bad(`a threshold of ${keys.threshold} with ${keys.roles.edition.length} edition keys`);
  const { roles, threshold } = keys;
  return { kind: 'keys-changed', keys: keys.keys, roles, threshold };
}

function documentOf({ keys, roles, threshold }: EditionKeysFact): EditionKeys {
  return { format: 'fonoteca-keys/1', keys, roles, threshold };
}
