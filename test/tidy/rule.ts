/**
 * What a house rule is: a pure function from sources to findings, with a sample it must accept and samples it must
 * refuse. `test/tidy.test.ts` runs every rule over its samples first and over the project then.
 */

/** A file of the project: its path from the root with `/`, and its text (empty where the bytes are no text). */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** One broken rule at one place. */
export interface TidyFinding {
  readonly path: string;
  /** Counts from 1; absent when the whole file is meant. */
  readonly line?: number;
  /** What is wrong, and what to write instead. */
  readonly message: string;
}

/** A house rule. */
export interface Rule {
  /** One sentence that is true of the project when the rule holds. */
  readonly name: string;
  readonly check: (sources: readonly Source[]) => TidyFinding[];
  /** Sources in which the rule finds nothing. */
  readonly good: readonly Source[];
  /** Sets of sources in each of which the rule finds something. */
  readonly bad: readonly (readonly Source[])[];
}

/** A sample source. */
export function sample(path: string, text: string): Source {
  return { path, text };
}

/** `finding` as one line to click on. */
export function formatFinding(finding: TidyFinding): string {
  return `${finding.path}${finding.line === undefined ? '' : `:${finding.line}`}  ${finding.message}`;
}

/** Whether `path` is a test, or what tests need: `x.test.ts` and `test-x.ts` beside a source, and all below `test/`. */
export function isTest(path: string): boolean {
  return /(?:\.test|\/test-[a-z-]+)\.ts$/.test(path) || path.startsWith('test/');
}

/** The TypeScript sources below `src/`, tests left out. */
export function programSources(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => /^src\/.*\.ts$/.test(path) && !isTest(path));
}

/** All TypeScript sources of the program, its tests, scripts and benches; the web pages have rules of their own. */
export function codeSources(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => /^(?:src|test|scripts|bench)\/.*\.ts$/.test(path));
}
