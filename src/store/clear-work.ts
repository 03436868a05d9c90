/** Clears what a killed run left in `work/`: nothing there was ever acknowledged. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { removeTree } from '../base/durable.ts';
import type { Layout } from './layout.ts';

/** Removes everything in `work/` and returns how many entries it was. Only under the archive's lock. */
export function clearWork(disk: Disk, layout: Layout): number {
  const names = disk.list(layout.work);
  for (const name of names) {
    const entry = path.join(layout.work, name);
    if (disk.stat(entry)?.kind === 'directory') removeTree(disk, entry);
    else disk.unlink(entry);
  }
  return names.length;
}
