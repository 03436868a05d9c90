/** What an `add` did, as a value that prints, and the sheet it is written on meanwhile. */

import type { Digest } from '../base/digest.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import type { Finding } from '../base/errors.ts';
import type { AddPlan } from './add-plan.ts';
import { classify } from './classify.ts';
import { placeKey } from './match-table.ts';

/** How much a finding weighs: the item is not held, held with a doubt, passed over on purpose, or simply said. */
export type FindingLevel = 'refused' | 'warned' | 'left' | 'told';

/** A finding with its weight. */
export interface AddFinding extends Finding {
  readonly level: FindingLevel;
}

/** Something held that is given to nobody, and why. */
export interface DarkFile {
  readonly path: string;
  readonly digest: Digest;
  readonly kind: 'audio' | 'companion';
  readonly because: string;
}

/** The outcome of one `add`. Counts are of files, except where named. */
export interface AddReport {
  /** Read and held in this run, copies of what was held already included. */
  readonly accepted: number;
  readonly acceptedAudio: number;
  readonly acceptedCompanions: number;
  /** Accepted files whose bytes were held already, under another name. */
  readonly copies: number;
  /** Files whose bytes were held already and were lost or rotten in the store: they read true again. */
  readonly mended: number;
  /** Accepted files whose sound was held already and whose tags changed. */
  readonly retagged: number;
  /** Not read, since nothing about them changed. */
  readonly unchanged: number;
  /** Not read either, and withdrawn since they were: told, and not among `unchanged`. */
  readonly withdrawn: number;
  readonly vanished: number;
  /** Tracks and holdings for which the table or the options changed what is recorded. */
  readonly redescribed: number;
  readonly rightsChanged: number;
  /** Items with a doubt, items not held, files left. */
  readonly warned: number;
  readonly refused: number;
  readonly left: number;
  /** Bytes read from the operator's folders. */
  readonly bytes: number;
  readonly seconds: number;
  readonly findings: readonly AddFinding[];
  /** Of the files whose rights were decided in this run. */
  readonly dark: readonly DarkFile[];
  /** Audio without a row, when there is a table. */
  readonly withoutRow: readonly string[];
  /** Stopped early; the same command goes on where this one stopped. */
  readonly interrupted: boolean;
}

type Count =
  | 'acceptedAudio'
  | 'acceptedCompanions'
  | 'copies'
  | 'mended'
  | 'retagged'
  | 'redescribed'
  | 'rightsChanged'
  | 'withdrawn'
  | 'bytes';

/** A report being written. */
export interface ReportSheet {
  count(what: Count, by?: number): void;
  find(finding: Finding, level?: FindingLevel): void;
  dark(file: DarkFile): void;
  finish(rest: { seconds: number; interrupted: boolean }): AddReport;
}

/** Most findings a report lists; beyond it only the counts go on. */
const MAX_FINDINGS = 100_000;

const LEVELS: Partial<Record<ErrorCode, FindingLevel>> = {
  SOURCE_LEFT: 'left',
  FILE_NOT_REGULAR: 'left',
  SOURCE_VANISHED: 'told',
  AUDIO_NOT_CHECKED: 'told',
  SOURCE_UNREADABLE: 'refused',
  SOURCE_NAME_TWIN: 'refused',
  FILE_CHANGED_DURING_READ: 'refused',
  TABLE_ROW_REFUSED: 'refused',
  PATH_UNSAFE: 'refused',
};

/** A sheet that begins with what `plan` has to tell. */
export function startReport(plan: AddPlan): ReportSheet {
  const counts: Record<Count, number> = {
    acceptedAudio: 0,
    acceptedCompanions: 0,
    copies: 0,
    mended: 0,
    retagged: 0,
    redescribed: 0,
    rightsChanged: 0,
    withdrawn: 0,
    bytes: 0,
  };
  const findings: AddFinding[] = [];
  const subjects: Record<FindingLevel, Set<string>> = {
    refused: new Set(),
    warned: new Set(),
    left: new Set(),
    told: new Set(),
  };
  const darkFiles: DarkFile[] = [];
  const find = (finding: Finding, level = LEVELS[finding.code] ?? 'warned') => {
    subjects[level].add(finding.subject);
    if (findings.length < MAX_FINDINGS) findings.push({ ...finding, level });
  };
  for (const finding of plan.findings) find(finding);
  return {
    count: (what, by = 1) => {
      counts[what] += by;
    },
    find,
    dark: (file) => darkFiles.push(file),
    finish: ({ seconds, interrupted }) => ({
      ...counts,
      accepted: counts.acceptedAudio + counts.acceptedCompanions,
      unchanged:
        plan.unchanged.filter(({ outcome }) => outcome === 'held').length - counts.withdrawn,
      vanished: plan.vanished.length,
      warned: subjects.warned.size,
      refused: subjects.refused.size,
      left: subjects.left.size,
      seconds,
      findings,
      dark: darkFiles,
      withoutRow: audioWithoutRow(plan),
      interrupted,
    }),
  };
}

/** Judged by name: which of the files without a name of audio are audio is not known before they are read. */
function audioWithoutRow({ tables, matched, files, unchanged }: AddPlan): string[] {
  if (tables.length === 0) return [];
  const rows = new Set(matched.map(({ place }) => placeKey(place)));
  const isAudio = (path: string) =>
    classify(path, { isTable: false, isEvidence: false }).class === 'audio';
  return [...files, ...unchanged]
    .filter((file) => isAudio(file.path) && !rows.has(placeKey(file)))
    .map((file) => file.path);
}
