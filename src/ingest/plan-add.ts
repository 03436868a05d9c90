/**
 * From paths to a plan: what is new, changed, unchanged, vanished, left, without opening a file other than the table.
 *
 * A file whose size and time are those of the last run is not opened again.
 */
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { SourceFile } from '../model/fact.ts';
import { parseLicence } from '../model/read-licence.ts';
import { type AddOptions, addOptionsSchema, type IngestDeps } from './add-options.ts';
import type { AddPlan, BesideFile, EvidenceFile, PlannedFile } from './add-plan.ts';
import { type ChosenRoot, chooseRoots, isWithin, placeIn, realPath } from './choose-roots.ts';
import { classify } from './classify.ts';
import { findEvidence } from './find-evidence.ts';
import { findTables } from './find-table.ts';
import { matchTable, placeKey } from './match-table.ts';
import { type Scan, type ScannedFile, scanFolder, scanNames } from './scan-folder.ts';
import { absoluteText, comparePlaces } from './source-path.ts';
import type { TracksTable } from './tracks-table.ts';

/**
 * What adding `paths` (folders and single files) would do. Throws `FILE_MISSING`, `SOURCE_IN_ARCHIVE`,
 * `TABLE_UNREADABLE` for a table that was named, and `RIGHTS_LICENCE_UNREADABLE` for `--licence`.
 */
export async function planAdd(
  paths: readonly string[],
  options: AddOptions,
  deps: IngestDeps,
  watch: Watch,
): Promise<AddPlan> {
  const checked = addOptionsSchema.parse(options);
  if (checked.licence !== undefined && parseLicence(checked.licence) === undefined)
    throw new FonotecaError(
      'RIGHTS_LICENCE_UNREADABLE',
      `--licence ${JSON.stringify(checked.licence)}`,
    );
  const archiveRoot = realPath(deps.store.layout.root);
  const { roots: chosen, findings } = chooseRoots(deps.source, paths, archiveRoot);
  const roots = checked.again ? await onlyRefused(chosen, deps) : chosen;
  const { tables, findings: tableFindings } = findTables(roots, checked, deps);
  const { evidence, findings: evidenceFindings } = findEvidence(roots, tables, checked, {
    source: deps.source,
    archiveRoot,
  });
  const sorting = startSorting(tables, evidence, checked.again ?? false);
  for (const root of roots) {
    if (watch.stop.aborted) throw new FonotecaError('INTERRUPTED', `before ${root.root}`);
    const scan = scanRoot(root, { tables, evidence }, deps, archiveRoot);
    findings.push(...scan.findings);
    sorting.add(scan, await deps.ledger.sourceFiles(root.root), root);
  }
  const sorted = sorting.finish();
  const present = [...sorted.files, ...sorted.unchanged, ...sorted.left];
  const matches = tables.map((table) => matchTable(table, present, (file) => isThere(file, deps)));
  return {
    options: checked,
    roots,
    ...sorted,
    beside: besideFiles(roots, tables, evidence),
    tables,
    matched: matches.flatMap(({ matched }) => matched),
    evidence,
    findings: [
      ...findings,
      ...tableFindings,
      ...tables.flatMap((table) => table.findings),
      ...evidenceFindings,
      ...matches.flatMap((match) => match.findings),
    ],
    totalBytes: sorted.files.reduce((sum, file) => sum + file.sizeBytes, 0),
  };
}

/** Whether `file`, a path by a table, is there; false for what cannot even be asked for, such as too long a name. */
function isThere(file: string, { disk }: Pick<IngestDeps, 'disk'>): boolean {
  try {
    return disk.stat(file)?.kind === 'file';
  } catch (error) {
    if (error instanceof FonotecaError) return false;
    throw error;
  }
}

/** `roots` with the files below each that were refused when they were last read. */
async function onlyRefused(
  roots: readonly ChosenRoot[],
  { ledger }: IngestDeps,
): Promise<ChosenRoot[]> {
  const refused: ChosenRoot[] = [];
  for (const { root } of roots) {
    const known = await ledger.sourceFiles(root);
    const only = known.filter(({ outcome }) => outcome === 'refused').map(({ path }) => path);
    if (only.length > 0) refused.push({ root, only });
  }
  return refused;
}

type Told = { readonly tables: readonly TracksTable[]; readonly evidence: readonly EvidenceFile[] };

/** Single files bring along the table in their folder and the evidence it names there. */
function scanRoot(root: ChosenRoot, told: Told, deps: IngestDeps, archiveRoot: string): Scan {
  if (root.only === null) return scanFolder(deps.source, root.root, archiveRoot);
  const named = [...told.tables, ...told.evidence].flatMap(({ file }) => {
    const place = placeIn([root], file);
    return place ? [place.path] : [];
  });
  return scanNames(deps.source, root.root, [...new Set([...root.only, ...named])]);
}

type Sorted = Pick<AddPlan, 'files' | 'unchanged' | 'vanished' | 'left'>;

/** Sorts what scans found by what the ledger knows. */
function startSorting(
  tables: readonly TracksTable[],
  evidence: readonly EvidenceFile[],
  isAgain: boolean,
) {
  const tableFiles = new Set(tables.map(({ file }) => file));
  const evidenceFiles = new Set(evidence.map(({ file }) => file));
  const files: PlannedFile[] = [];
  const unchanged: SourceFile[] = [];
  const vanished: SourceFile[] = [];
  const left: ScannedFile[] = [];
  const isToRead = ({ outcome }: SourceFile) =>
    outcome === 'left' || (isAgain && outcome === 'refused');
  const sort = (file: ScannedFile, known: SourceFile | undefined) => {
    const absolute = absoluteText(file);
    const isTable = tableFiles.has(absolute);
    const kind = classify(file.path, { isTable, isEvidence: evidenceFiles.has(absolute) });
    const isSame = known?.sizeBytes === file.sizeBytes && known.mtimeMs === file.mtimeMs;
    if (kind.class === 'left' || (isSame && known?.outcome === 'left' && kind.class === 'unknown'))
      left.push(file);
    else if (known && isSame && !isToRead(known)) unchanged.push(known);
    else
      files.push({
        ...file,
        class: kind.class,
        role: kind.class === 'companion' ? kind.role : null,
        action: known ? 'changed' : 'new',
        previous: known?.digest ?? null,
      });
  };
  return {
    add(scan: Scan, known: readonly SourceFile[], root: ChosenRoot) {
      const byPath = new Map(known.map((file) => [file.path, file]));
      for (const file of scan.files) sort(file, byPath.get(file.path));
      if (root.only !== null) return;
      const seen = new Set(scan.files.map(placeKey));
      vanished.push(
        ...known.filter((file) => !seen.has(placeKey(file)) && !isUnlisted(file, scan)),
      );
    },
    finish: (): Sorted => ({
      files: files.sort(comparePlaces),
      unchanged: unchanged.sort(comparePlaces),
      vanished: vanished.sort(comparePlaces),
      left: left.sort(comparePlaces),
    }),
  };
}

/** A file in a folder that could not be listed has not vanished: nothing is known of it. */
function isUnlisted(file: SourceFile, scan: Scan): boolean {
  return scan.unlisted.some((folder) => folder === '' || isWithin(file.path, folder));
}

function besideFiles(
  roots: readonly ChosenRoot[],
  tables: readonly TracksTable[],
  evidence: readonly EvidenceFile[],
): BesideFile[] {
  const beside = new Map<string, BesideFile>();
  for (const { file, place } of evidence) if (!place) beside.set(file, { file, role: 'evidence' });
  for (const { file } of tables)
    if (!placeIn(roots, file)) beside.set(file, { file, role: 'table' });
  return [...beside.values()];
}

/** The files of `plan` by what is to be done, for a summary. */
export function countPlan(plan: AddPlan): {
  new: number;
  changed: number;
  unchanged: number;
  vanished: number;
  left: number;
} {
  const isNew = (file: PlannedFile) => file.action === 'new';
  return {
    new: plan.files.filter(isNew).length,
    changed: plan.files.filter((file) => !isNew(file)).length,
    unchanged: plan.unchanged.length,
    vanished: plan.vanished.length,
    left: plan.left.length,
  };
}
