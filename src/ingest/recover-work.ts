/** What a killed `add` left behind. */
import path from 'node:path';
import { removeTree } from '../base/durable.ts';
import type { IngestDeps } from './add-options.ts';

/**
 * The number of leftovers removed from the work directory. Nothing there was ever acknowledged, so it is safe at any
 * time under the archive's lock; objects whose facts were not written yet are found again by the next run.
 */
export function recoverWork({ store, disk }: Pick<IngestDeps, 'store' | 'disk'>): number {
  const { work } = store.layout;
  const names = disk.list(work);
  for (const name of names) {
    const file = path.join(work, name);
    if (disk.stat(file)?.kind === 'directory') removeTree(disk, file);
    else disk.unlink(file);
  }
  return names.length;
}
