/** The files that rows and options name as evidence. Addresses are not fetched: they are recorded as they stand. */
import path from 'node:path';
import { type Finding, findingFrom } from '../base/errors.ts';
import { escapingPathReason } from '../base/safe-path.ts';
import type { AddOptions, IngestDeps } from './add-options.ts';
import type { EvidenceFile } from './add-plan.ts';
import { type ChosenRoot, isWithin, placeIn, realPath } from './choose-roots.ts';
import { linkedFolder } from './linked-folder.ts';
import type { TracksTable } from './tracks-table.ts';

/** Whether evidence is an address rather than a file. */
export function isAddress(value: string): boolean {
  return /^https?:\/\/\S+$/i.test(value);
}

/** The key of the evidence that the table `tableFile`, or `--evidence` when null, calls `value`. */
export function evidenceKey(tableFile: string | null, value: string): string {
  return `${tableFile ?? ''}\0${value}`;
}

/**
 * Every evidence file once, in the order named, and a finding for each that is not there. What a table names is reached
 * through no link, since whoever made the folder chose where it leads; nothing of the archive is evidence.
 */
export function findEvidence(
  roots: readonly ChosenRoot[],
  tables: readonly TracksTable[],
  options: AddOptions,
  { source, archiveRoot }: Pick<IngestDeps, 'source'> & { readonly archiveRoot: string },
): { evidence: EvidenceFile[]; findings: Finding[] } {
  const found = new Map<string, EvidenceFile>();
  const missing = new Set<string>();
  const findings: Finding[] = [];
  /** `key` tells apart what two tables call by one name. */
  const look = (key: string, value: string, subject: string, way: Way) => {
    if (found.has(key) || missing.has(key)) return;
    const reason = whyNot(source, way, archiveRoot);
    if (reason === undefined) {
      const file = realPath(way.file);
      found.set(key, { key, file, place: placeIn(roots, file) ?? null });
      return;
    }
    missing.add(key);
    const seen = `${JSON.stringify(value.slice(0, 200))}: ${reason}`;
    findings.push({ code: 'EVIDENCE_MISSING', subject, seen });
  };
  for (const table of tables)
    for (const { line, cells } of table.rows) {
      const { evidence } = cells;
      if (evidence === undefined || isAddress(evidence)) continue;
      const folder = path.dirname(table.file);
      const way = { file: path.join(folder, evidence), told: { folder, name: evidence } };
      look(evidenceKey(table.file, evidence), evidence, `${table.file} line ${line}`, way);
    }
  if (options.evidence !== undefined && !isAddress(options.evidence)) {
    const way = { file: path.resolve(options.evidence) };
    look(evidenceKey(null, options.evidence), options.evidence, '--evidence', way);
  }
  return { evidence: [...found.values()], findings };
}

/** Where a piece of evidence should lie; `told` when a table said so. */
interface Way {
  readonly file: string;
  readonly told?: { readonly folder: string; readonly name: string };
}

/** Why what lies at `file` is no evidence, or undefined when it is. */
function whyNot(
  source: IngestDeps['source'],
  { file, told }: Way,
  archiveRoot: string,
): string | undefined {
  if (told?.name.includes('\\')) return 'a backslash';
  const escaping = told && escapingPathReason(told.name);
  if (escaping !== undefined) return escaping;
  try {
    const link = told && linkedFolder(source, told.folder, Buffer.from(told.name));
    if (link !== undefined) return `below ${JSON.stringify(link)}, which is a link`;
    const kind = source.look(Buffer.from(file))?.kind;
    if (kind !== 'file') return kind === undefined ? 'not there' : 'not a regular file';
    return isWithin(realPath(file), archiveRoot) ? 'a file of the archive itself' : undefined;
  } catch (error) {
    return findingFrom(error, file).seen.slice(0, 200);
  }
}
