/** How long work tells of itself, and how it is asked to stop. */

/** One step of a stage. Counts only grow within a stage; totals are absent while unknown. */
export interface ProgressEvent {
  /** The stage's verb: `add`, `encode`, `pack` … */
  readonly stage: string;
  readonly doneItems: number;
  readonly totalItems?: number | undefined;
  readonly doneBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
  /** What was just finished, as its owner would name it. */
  readonly item?: string | undefined;
}

/** Receives the steps of a stage. Called often; must return at once. */
export type Progress = (event: ProgressEvent) => void;

/** What every stage is given beside its own needs. */
export interface Watch {
  readonly progress: Progress;
  /** Aborted by the first Ctrl-C: the stage finishes the piece at hand, saves, and returns with what it did. */
  readonly stop: AbortSignal;
}

/** A watch that tells nobody and never stops. */
export const unwatched: Watch = { progress: () => {}, stop: new AbortController().signal };
