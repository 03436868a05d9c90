/** The files that rows and options name as evidence. Addresses are not fetched: they are recorded as they stand. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import type { Finding } from '../base/errors.ts';
import { escapingPathReason } from '../base/safe-path.ts';
import type { AddOptions } from './add-options.ts';
import type { EvidenceFile } from './add-plan.ts';
import { type ChosenRoot, placeIn, realPath } from './choose-roots.ts';
import type { TracksTable } from './tracks-table.ts';

/** Whether evidence is an address rather than a file. */
export function isAddress(value: string): boolean {
  return /^https?:\/\/\S+$/i.test(value);
}

/** The key of the evidence that the table `tableFile`, or `--evidence` when null, calls `value`. */
export function evidenceKey(tableFile: string | null, value: string): string {
  return `${tableFile ?? ''}\0${value}`;
}

/** Every evidence file once, in the order named, and a finding for each that is not there. */
export function findEvidence(
  roots: readonly ChosenRoot[],
  tables: readonly TracksTable[],
  options: AddOptions,
  disk: Disk,
): { evidence: EvidenceFile[]; findings: Finding[] } {
  const found = new Map<string, EvidenceFile>();
  const missing = new Set<string>();
  const findings: Finding[] = [];
  /** `key` tells apart what two tables call by one name. */
  const look = (key: string, value: string, file: string, subject: string, why?: string) => {
    if (found.has(key) || missing.has(key)) return;
    const kind = why === undefined ? disk.stat(file)?.kind : undefined;
    if (kind === 'file') {
      const real = realPath(file);
      found.set(key, { key, file: real, place: placeIn(roots, real) ?? null });
      return;
    }
    missing.add(key);
    const reason = why ?? (kind === undefined ? 'not there' : 'not a regular file');
    findings.push({
      code: 'EVIDENCE_MISSING',
      subject,
      seen: `${JSON.stringify(value.slice(0, 200))}: ${reason}`,
    });
  };
  for (const table of tables)
    for (const { line, cells } of table.rows) {
      const value = cells.evidence;
      if (value === undefined || isAddress(value)) continue;
      const why = value.includes('\\') ? 'a backslash' : escapingPathReason(value);
      const file = path.join(path.dirname(table.file), value);
      look(evidenceKey(table.file, value), value, file, `${table.file} line ${line}`, why);
    }
  if (options.evidence !== undefined && !isAddress(options.evidence))
    look(
      evidenceKey(null, options.evidence),
      options.evidence,
      path.resolve(options.evidence),
      '--evidence',
    );
  return { evidence: [...found.values()], findings };
}
