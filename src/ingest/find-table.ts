/** The tables of an `add`: the file named, or `tracks.csv` in each folder added. */
import path from 'node:path';
import { readWhole } from '../base/disk.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import { MAX_TABLE_BYTES } from '../formats/csv-table.ts';
import type { AddOptions, IngestDeps } from './add-options.ts';
import { type ChosenRoot, realPath } from './choose-roots.ts';
import { readTracksTable, type TracksTable } from './tracks-table.ts';

/** The name under which a table is found by itself. */
const TABLE_NAME = 'tracks.csv';

/**
 * The tables by their paths. A table that was named must be readable (`FILE_MISSING`,
 * `TABLE_UNREADABLE`); one that was only found and is none of ours becomes a finding.
 */
export function findTables(
  roots: readonly ChosenRoot[],
  options: AddOptions,
  deps: Pick<IngestDeps, 'disk'>,
): { tables: TracksTable[]; findings: Finding[] } {
  const mapping = options.columns;
  if (options.table !== undefined) {
    const file = realPath(options.table);
    return { tables: [readTracksTable(readTable(file, deps), { file, mapping })], findings: [] };
  }
  const tables: TracksTable[] = [];
  const findings: Finding[] = [];
  for (const { root } of roots) {
    const file = path.join(root, TABLE_NAME);
    if (deps.disk.stat(file)?.kind !== 'file') continue;
    try {
      tables.push(readTracksTable(readTable(file, deps), { file, mapping }));
    } catch (error) {
      if (!(error instanceof FonotecaError) || error.code !== 'TABLE_UNREADABLE') throw error;
      findings.push({ code: error.code, subject: TABLE_NAME, seen: error.seen });
    }
  }
  return { tables, findings };
}

function readTable(file: string, { disk }: Pick<IngestDeps, 'disk'>): Uint8Array {
  const size = disk.stat(file)?.sizeBytes ?? 0;
  if (size > MAX_TABLE_BYTES) throw new FonotecaError('TABLE_UNREADABLE', `${file}: ${size} bytes`);
  return readWhole(disk, file);
}
