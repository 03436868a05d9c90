/** What lies in a published tree beside what its editions list: nothing should. */
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import { editionFolder, listDirectory, type Tree } from './files.ts';

const FOLDERS = ['log', 'timestamps', 'tools', 'torrents'];
/** What an archive may hold before it is published, or while something in it is withdrawn. */
const PENDING_TOOL = /^editions\/tools\/verify-[0-9a-f]{16}\.py$/;
const PENDING =
  /^(?:volumes|editions\/torrents\/[0-9a-f]{16})\/(?:original|opus)-[0-9a-f]{16}(?:\.(?:tar|torrent|leaves)(?:\.next)?|\.index\.next)$/;

/** The numbers of the folders below editions/, which must be 1, 2, 3 … without anything beside them. */
export function editionNumbers(tree: Tree, findings: FindingSink): number[] {
  const numbers: number[] = [];
  for (const entry of listDirectory(tree.editions)) {
    const number = /^\d{4,9}$/.test(entry.name) ? Number(entry.name) : 0;
    const isEdition = entry.isDirectory() && number > 0 && editionFolder(number) === entry.name;
    const isOther =
      (entry.name === 'current.json' && entry.isFile()) ||
      (FOLDERS.includes(entry.name) && entry.isDirectory());
    if (isEdition) numbers.push(number);
    else if (!isOther) findings.add('VERIFY_FILE_UNLISTED', `editions/${entry.name}`, 'no edition');
  }
  numbers.sort((a, b) => a - b);
  if (numbers.length === 0) findings.add('VERIFY_NOTHING', 'editions', 'no edition');
  for (const [at, number] of numbers.entries()) {
    const after = numbers[at - 1] ?? 0;
    if (number !== after + 1)
      findings.add(
        'VERIFY_EDITION_MISSING',
        `editions/${editionFolder(after + 1)}`,
        `${number} follows ${after}`,
      );
  }
  return numbers;
}

/**
 * Tells of what lies among volumes, torrents and tools and is not `listed` by any edition. An archive may hold volumes that are
 * not published yet, with their torrents and leaves; a published copy may not.
 */
export function checkUnlisted(
  tree: Tree,
  listed: ReadonlySet<string>,
  findings: FindingSink,
  isArchive: boolean,
): void {
  const torrents = path.join(tree.editions, 'torrents');
  const found = [
    ...namesIn(tree.volumes, 'volumes'),
    ...namesIn(path.join(tree.editions, 'tools'), 'editions/tools'),
    ...listDirectory(torrents).flatMap((entry) =>
      entry.isDirectory()
        ? namesIn(path.join(torrents, entry.name), `editions/torrents/${entry.name}`)
        : [`editions/torrents/${entry.name}`],
    ),
  ];
  for (const name of found) {
    const pending = isArchive && (PENDING.test(name) || PENDING_TOOL.test(name));
    if (!pending && !listed.has(name)) findings.add('VERIFY_FILE_UNLISTED', name, 'of no edition');
  }
}

function namesIn(directory: string, below: string): string[] {
  return listDirectory(directory).map(({ name }) => `${below}/${name}`);
}
