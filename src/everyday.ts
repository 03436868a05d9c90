/**
 * The everyday run behind `up` and `demo`: add → plan → encode → pack → publish → verify. Each stage's outcome is told
 * as it comes. Stages whose work is done already cost a look; nothing new ends in nothing published.
 */
import type { Archive } from './archive.ts';
import type { Watch } from './base/progress.ts';
import type { EncodeReport } from './encoding/encode-tail.ts';
import type { AddReport } from './ingest/add-report.ts';
import type { HeldItem } from './ingest/add-session.ts';
import type { PackReport } from './packing/carry-out-pack.ts';
import type { PublishReport } from './publishing/publish-edition.ts';
import type { StoredPlan } from './selection/make-plan.ts';
import {
  type AddWishes,
  refuseLargerBudget,
  runAdd,
  runEncode,
  runPack,
  runPlan,
  runPublish,
} from './stages.ts';

/** Hears of each stage as it ends, with the time it took. */
export interface DayListener {
  watch(stage: string): Watch;
  held(item: HeldItem): void;
  added(report: AddReport): void;
  planned(plan: StoredPlan): void;
  encoded(report: EncodeReport, elapsedMs: number): void;
  packed(report: PackReport, elapsedMs: number): void;
  published(report: PublishReport, elapsedMs: number): void;
  /** Nothing may be published, or everything waits: there is no edition. */
  unpublished(): void;
}

/** What a day came to. */
export interface DayReport {
  readonly refused: number;
  readonly interrupted: boolean;
  /** Undefined when there is nothing to publish. */
  readonly published: PublishReport | undefined;
}

/** Runs the stages over `folder`. A stop ends the day after the piece at hand; the same call goes on from there. `PLAN_BUDGET_LARGER`. */
export async function runDay(
  archive: Archive,
  folder: string,
  wishes: AddWishes,
  listener: DayListener,
): Promise<DayReport> {
  const { clock } = archive;
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const startMs = clock.elapsedMs();
    const result = await work();
    return [result, clock.elapsedMs() - startMs];
  };
  const added = await runAdd(archive, [folder], wishes, listener.watch('add'), (item) =>
    listener.held(item),
  );
  listener.added(added);
  const stopped = { refused: added.refused, interrupted: true, published: undefined };
  if (added.interrupted) return stopped;

  await refuseLargerBudget(archive);
  listener.planned(await runPlan(archive, {}));
  const [encoded, encodeMs] = await timed(() => runEncode(archive, listener.watch('encode')));
  listener.encoded(encoded, encodeMs);
  if (encoded.interrupted) return stopped;
  // A recording that could not be re-encoded stays original in the next plan, and so is published today after all.
  if (encoded.findings.length > 0) listener.planned(await runPlan(archive, {}));

  const [packed, packMs] = await timed(() => runPack(archive, listener.watch('pack')));
  listener.packed(packed.report, packMs);
  if (packed.report.interrupted) return stopped;
  if ((await archive.ledger.counts()).volumes === 0) {
    listener.unpublished();
    return { refused: added.refused, interrupted: false, published: undefined };
  }
  const [published, publishMs] = await timed(() => runPublish(archive, listener.watch('publish')));
  listener.published(published, publishMs);
  return { refused: added.refused, interrupted: false, published };
}
