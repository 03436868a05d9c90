/**
 * What a folder that is published to already tells: a copy that is ahead of this archive, or that has another edition of the same
 * number signed by the same keys, is the only trace of a history that this archive has lost, and is not written over.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type MinisignPublicKey, parsePublicKey, verifyMinisign } from '../formats/minisign.ts';
import { editionFolderName } from '../model/edition.ts';
import { storedKeys } from './keys-document.ts';
import type { PublishDeps } from './publish-deps.ts';
import { digestFile, readWholeFile } from './small-files.ts';

const EDITION_FOLDER = /^\d{4,}$/;

/**
 * Refuses a copy in `target` that knows more than this archive, which stands at edition `newest`. `PUBLISH_TARGET_AHEAD`. A damaged
 * `edition.json` is none of that: no key has signed it as it is.
 */
export function refuseAhead(
  target: string,
  newest: number,
  { disk, directories }: Pick<PublishDeps, 'disk' | 'directories'>,
): void {
  const editions = path.join(target, 'editions');
  const numbers = disk
    .list(editions)
    .filter((name) => EDITION_FOLDER.test(name))
    .map(Number);
  const ahead = Math.max(0, ...numbers);
  if (ahead > newest)
    throw new FonotecaError(
      'PUBLISH_TARGET_AHEAD',
      `${target} has edition ${ahead}, this archive ${newest}`,
    );
  let keys: readonly MinisignPublicKey[] | undefined;
  for (const number of numbers) {
    const name = path.join(editionFolderName(number), 'edition.json');
    const [theirs, ours] = [editions, directories.editions].map((root) => path.join(root, name));
    if (!disk.stat(theirs!)) continue;
    if (digestFile(disk, theirs!).sha256 === digestFile(disk, ours!).sha256) continue;
    keys ??= knownKeys(newest, { disk, directories });
    if (isSigned(disk, theirs!, keys))
      throw new FonotecaError(
        'PUBLISH_TARGET_AHEAD',
        `edition ${number} of ${target} is another than this archive’s, and signed as well`,
      );
  }
}

/** All keys that were ever among those of an edition here. */
function knownKeys(
  newest: number,
  place: Pick<PublishDeps, 'disk' | 'directories'>,
): MinisignPublicKey[] {
  const texts = new Set<string>();
  for (let number = 1; number <= newest; number += 1)
    for (const { publicKey } of storedKeys(place, number).keys) texts.add(publicKey);
  return [...texts].map(parsePublicKey);
}

/** Whether any signature beside `file` is one of its bytes by one of `keys`. */
function isSigned(disk: Disk, file: string, keys: readonly MinisignPublicKey[]): boolean {
  const bytes = readWholeFile(disk, file);
  const folder = path.dirname(file);
  return disk
    .list(folder)
    .filter((name) => name.startsWith('edition.json.') && name.endsWith('.minisig'))
    .map((name) => readWholeFile(disk, path.join(folder, name)).toString('utf8'))
    .some((text) => keys.some((key) => signs(key, bytes, text)));
}

function signs(key: MinisignPublicKey, bytes: Uint8Array, text: string): boolean {
  try {
    verifyMinisign(key, bytes, text);
    return true;
  } catch (error) {
    if (error instanceof FonotecaError) return false;
    throw error;
  }
}
