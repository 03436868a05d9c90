/**
 * What the commands that stand on a snapshot take: a plan over all tracks, what its order takes within another budget, the
 * report. Each is the command that a person types, over an archive that is made around the catalogue for that time.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { removeTree } from '../base/durable.ts';
import { CURRENT } from '../catalogue/snapshot-files.ts';
import type { PlanFigures, ReportFigures } from './bench-report.ts';
import { runVerb, type StageDeps, type StageRun, type VerbEvent } from './run-stage.ts';

/** The program and its folder of a bench. */
export interface VerbPlace {
  /** What starts the program: Node and its file. */
  readonly program: readonly string[];
  readonly folder: string;
}

/** The published archive, in proportion: 300 TB of 256,039,007 tracks; and half of it. */
const BUDGET_BYTES_A_TRACK = 300e12 / 256_039_007;

const archiveOf = (folder: string) => path.join(folder, 'archive');
const catalogueOf = (folder: string) => path.join(folder, 'catalogue');

/** What a plan over the `rows` tracks of the catalogue takes. The errors of `runVerb`. */
export async function measurePlan(
  rows: number,
  place: VerbPlace,
  deps: StageDeps,
): Promise<PlanFigures> {
  return await inArchive(place, deps, async (verb, archive) => {
    const budgetBytes = Math.round(rows * BUDGET_BYTES_A_TRACK);
    const plan = await verb(['plan', '--budget', String(budgetBytes)]);
    const told = eventOf(plan, 'catalogue-plan');
    const file = path.join(archive, 'plans', String(told.kept));
    const again = await verb(['plan', '--at', String(Math.round(budgetBytes / 2))]);
    return {
      budgetBytes,
      tracks: (told.taken as { readonly tracks: number }).tracks,
      fileBytes: deps.disk.stat(file)?.sizeBytes ?? 0,
      plan: plan.usage,
      otherBudget: again.usage,
    };
  });
}

/** What the whole report takes, which is left in the folder `report` of the bench. The errors of `runVerb`. */
export async function measureReport(place: VerbPlace, deps: StageDeps): Promise<ReportFigures> {
  return await inArchive(place, deps, async (verb) => {
    const run = await verb(['report', '--out', path.join(place.folder, 'report')]);
    const { statistics, files, bytes } = eventOf(run, 'report');
    const [count, written, sizeBytes] = [statistics, files, bytes].map(Number);
    return { statistics: count!, files: written!, sizeBytes: sizeBytes!, report: run.usage };
  });
}

/** Puts the catalogue back where a killed bench left it inside the archive. */
export function restoreCatalogue(disk: Disk, folder: string): void {
  const lent = path.join(archiveOf(folder), 'catalogue');
  if (disk.stat(path.join(lent, CURRENT))) disk.renameReplace(lent, catalogueOf(folder));
  removeTree(disk, archiveOf(folder));
}

type Verb = (argv: readonly string[]) => Promise<StageRun<VerbEvent[]>>;

async function inArchive<Result>(
  { program, folder }: VerbPlace,
  deps: StageDeps,
  work: (verb: Verb, archive: string) => Promise<Result>,
): Promise<Result> {
  const { disk } = deps;
  const archive = archiveOf(folder);
  const verb: Verb = (argv) => runVerb([...program, ...argv, '--archive', archive], deps);
  const names = ['--name', 'bench', '--contact', 'bench@example.org'];
  await runVerb([...program, 'init', archive, ...names], deps);
  const lent = path.join(archive, 'catalogue');
  removeTree(disk, lent);
  disk.renameReplace(catalogueOf(folder), lent);
  try {
    return await work(verb, archive);
  } finally {
    restoreCatalogue(disk, folder);
  }
}

function eventOf({ outcome }: StageRun<VerbEvent[]>, name: string): VerbEvent {
  return outcome.find(({ event }) => event === name) ?? {};
}
