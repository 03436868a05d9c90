/** The steps of one `add` as they are counted, told and stopped. */
import type { Watch } from '../base/progress.ts';
import type { AddPlan } from './add-plan.ts';

/** Counts files that are done and numbers those that are begun. */
export interface AddSteps {
  readonly isStopped: boolean;
  /** A number no other file of this run has: it keeps work files apart. */
  nextNumber(): number;
  done(file: { readonly path: string; readonly sizeBytes: number }): void;
}

/** The steps of `plan`, told to `watch`. */
export function startSteps(plan: AddPlan, watch: Watch): AddSteps {
  const { totalBytes, files } = plan;
  let number = 0;
  let doneItems = 0;
  let doneBytes = 0;
  return {
    get isStopped() {
      return watch.stop.aborted;
    },
    nextNumber() {
      number += 1;
      return number;
    },
    done({ path, sizeBytes }) {
      doneItems += 1;
      doneBytes += sizeBytes;
      const totalItems = files.length;
      watch.progress({ stage: 'add', doneItems, totalItems, doneBytes, totalBytes, item: path });
    },
  };
}

/** `items` until the steps are stopped: what is in hand is finished, nothing more is begun. */
export function* untilStopped<T>(items: Iterable<T>, steps: AddSteps): Generator<T> {
  for (const item of items) {
    if (steps.isStopped) return;
    yield item;
  }
}
