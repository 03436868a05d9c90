/** Errors of the report and of the planner. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const PLANNING_ERRORS = {
  // analytics
  REPORT_EMPTY: {
    wanted: 'a snapshot with at least one track',
    next: 'import a source that has tracks, run fonoteca catalogue build, then run the same command again',
  },
  REPORT_FOLDER: {
    wanted:
      'a folder that is new, empty, or holds an earlier report; in the archive, one whose name begins with report',
    next: 'name another folder with --out',
    exit: 2,
  },
  // selection
  PLAN_MISSING: { wanted: 'a plan', next: 'run `fonoteca plan` first' },
  PLAN_DAMAGED: { wanted: 'the plan file as it was made', next: 'run `fonoteca plan` again' },
  PLAN_BUDGET_LARGER: {
    wanted:
      'settings that publish no more than the plan in force was made for, since what is published cannot be taken back',
    next: 'write the budget under [plan] in fonoteca.toml to keep it, or run `fonoteca plan` once to go by the settings from now on',
    exit: 2,
  },
  // planning
  POLICY_UNKNOWN: {
    wanted: 'popularity-2025, default, or a TOML file that is there',
    next: 'name one of these; docs/planning.md describes the file',
    exit: 2,
  },
  POLICY_INVALID: {
    wanted: 'a policy as docs/planning.md describes it',
    next: 'mend the key that is named, then run the same command again',
    exit: 2,
  },
  POLICY_CONTRADICTION: {
    wanted: 'rules that can all hold',
    next: 'change one of the two keys that are named',
    exit: 2,
  },
  PLAN_BUDGET: {
    wanted: 'a budget of at least one byte, up to 9 PB',
    next: 'give a size such as 300TB, or none',
    exit: 2,
  },
  PLAN_NO_COUNTS: {
    wanted: 'a snapshot with counts of listens, since the policy asks for them',
    next: 'import a source with counts, or set listens = "model" in the policy',
    exit: 2,
  },
  PLAN_STALE: {
    wanted: 'a plan over the snapshot in use',
    next: 'run `fonoteca plan` again',
  },
  PLAN_EMPTY: {
    wanted: 'a snapshot with tracks',
    next: 'import a source with tracks and build, then plan again',
  },
  PLAN_CURVE_FILE: {
    wanted: 'a file name that ends in .csv, .json or .svg',
    next: 'name it so',
    exit: 2,
  },
  PLAN_LIST: {
    wanted:
      'a list of ISRCs or MBIDs, or an M3U, JSPF, XSPF or CSV file of at most 20 MB and 100,000 lines',
    next: 'divide it, or save it in one of these forms',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
