/** The files of a folder and of the folders in it. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { compareBytes } from '../base/safe-path.ts';

/** The names of all files below `root`, with `/` between their parts, sorted by bytes. */
export function filesBelow(disk: Disk, root: string): string[] {
  return namesBelow(disk, root, '').sort(compareBytes);
}

function namesBelow(disk: Disk, root: string, prefix: string): string[] {
  return disk.list(path.join(root, prefix)).flatMap((name) => {
    const below = prefix === '' ? name : `${prefix}/${name}`;
    const isFolder = disk.stat(path.join(root, below))?.kind === 'directory';
    return isFolder ? namesBelow(disk, root, below) : [below];
  });
}
