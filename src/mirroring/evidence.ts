/**
 * Keeps what contradicts what is remembered: both sides, so that anyone can see that two histories were signed. Input:
 * the files an address sent. Output: a folder below `evidence/` that nothing here ever removes.
 */
import path from 'node:path';
import { sha256 } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { editionFolderName } from '../model/edition.ts';
import type { FollowState } from './follow-state.ts';
import type { RemoteTree } from './remote-tree.ts';

/** A file as it came. */
export interface EvidenceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Puts `told` and the remembered counterparts into a folder named by the digest of what was told. */
export function keepEvidence(
  {
    disk,
    directory,
    known,
    remote,
  }: {
    disk: Disk;
    directory: string;
    known: FollowState | undefined;
    remote: RemoteTree;
  },
  told: readonly EvidenceFile[],
): void {
  const name = sha256(Buffer.concat(told.map(({ bytes }) => bytes))).slice(0, 16);
  const folder = path.join(directory, 'evidence', name);
  const keep = (side: string, file: string, bytes: Uint8Array | string) => {
    ensureDirectory(disk, path.join(folder, side));
    putFile(disk, path.join(folder, side, path.basename(file)), bytes, { replace: true });
  };
  for (const file of told) keep('told', file.name, file.bytes);
  keep('told', 'address.txt', `${remote.address}\n`);
  if (!known) return;
  const { edition, timestamp } = known;
  const stamp = `timestamps/${editionFolderName(edition.number)}-${timestamp.sequence}.json`;
  for (const file of [stamp, `${stamp}.minisig`, 'log/checkpoint']) {
    const from = path.join(directory, 'editions', file);
    if (disk.stat(from)) keep('known', file, readWhole(disk, from));
  }
}
