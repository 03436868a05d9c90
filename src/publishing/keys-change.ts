/**
 * Changes of keys.json, as values: a key added, removed, replaced, another threshold.
 *
 * Input: the document in force. Output: the next one, not yet checked (`keysFact` does that). Spec: docs/formats/keys.md.
 */
import { FonotecaError } from '../base/errors.ts';
import { keyIdText, type MinisignPublicKey, publicKeyBase64 } from '../formats/minisign.ts';
import type { EditionKeys } from '../model/edition.ts';
import { KEY_ROLES, type KeyRole } from './keys-document.ts';

/** `keys` with `key` in each of `roles`; a key that is there already gets the roles it has not. */
export function withKey(
  keys: EditionKeys,
  key: MinisignPublicKey,
  roles: readonly KeyRole[],
): EditionKeys {
  const id = keyIdText(key);
  const publicKey = publicKeyBase64(key);
  const known = keys.keys.find((one) => one.id === id);
  if (known && known.publicKey !== publicKey)
    throw new FonotecaError('KEYS_INVALID', `another key has the id ${id}`);
  return {
    ...keys,
    keys: known ? keys.keys : [...keys.keys, { id, publicKey }],
    roles: mapRoles(keys, (ids, role) =>
      roles.includes(role) && !ids.includes(id) ? [...ids, id] : ids,
    ),
  };
}

/** `keys` without the key `id`. Throws `KEYS_UNKNOWN` when there is none. */
export function withoutKey(keys: EditionKeys, id: string): EditionKeys {
  requireKnown(keys, id);
  return {
    ...keys,
    keys: keys.keys.filter((one) => one.id !== id),
    roles: mapRoles(keys, (ids) => ids.filter((one) => one !== id)),
  };
}

/** `keys` with `key` in the place of the key `id`. Throws `KEYS_UNKNOWN`, and `KEYS_INVALID` when `key` is there already. */
export function withReplaced(keys: EditionKeys, id: string, key: MinisignPublicKey): EditionKeys {
  requireKnown(keys, id);
  const next = keyIdText(key);
  if (keys.keys.some((one) => one.id === next))
    throw new FonotecaError('KEYS_INVALID', `${next} is one of the keys already`);
  return {
    ...keys,
    keys: keys.keys.map((one) =>
      one.id === id ? { id: next, publicKey: publicKeyBase64(key) } : one,
    ),
    roles: mapRoles(keys, (ids) => ids.map((one) => (one === id ? next : one))),
  };
}

function requireKnown(keys: EditionKeys, id: string): void {
  const ids = keys.keys.map((one) => one.id);
  if (!ids.includes(id)) throw new FonotecaError('KEYS_UNKNOWN', `${id}, not ${ids.join(' or ')}`);
}

function mapRoles(
  keys: EditionKeys,
  change: (ids: string[], role: KeyRole) => string[],
): EditionKeys['roles'] {
  const entries = KEY_ROLES.map((role) => [role, change([...keys.roles[role]], role)]);
  return Object.fromEntries(entries) as EditionKeys['roles'];
}
