/**
 * `drop --plan`: the only way an original leaves. What may leave are loose originals whose Opus derivative lies in a
 * volume; before one goes, that derivative is proved by making it again from the original, byte for byte.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import type { Finding } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { Derivative } from '../model/holding.ts';
import type { Plan } from '../model/plan.ts';
import type { Store } from '../store/store.ts';
import { type RemakeDeps, remakeDerivative } from './remake-derivative.ts';

/** An original that may leave, and what stays in its place. */
export interface DropItem {
  readonly holding: HeldHolding;
  readonly derivative: Derivative;
}

/** What would be dropped. */
export interface DropPlan {
  readonly items: readonly DropItem[];
  readonly bytes: number;
}

/** What was dropped. */
export interface DropReport {
  readonly dropped: readonly DropItem[];
  readonly bytes: number;
  /** Originals that stay because their derivative could not be proved. */
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

/** What dropping works with. */
export interface DropDeps extends RemakeDeps {
  readonly ledger: Ledger;
  readonly store: Store;
}

/** The originals that may leave under `plan`: published as Opus, packed, and still loose. Removes nothing. */
export async function planDrop(
  plan: Plan,
  { ledger, store }: Pick<DropDeps, 'ledger' | 'store'>,
): Promise<DropPlan> {
  const items: DropItem[] = [];
  for (const entry of plan.entries) {
    if (entry.tier !== 'opus' || store.loose.sizeOf(entry.digest) === undefined) continue;
    const holding = await ledger.holding(entry.digest);
    const [derivative] = await ledger.derivativesOf(entry.digest);
    if (
      !holding ||
      holding.withdrawn ||
      !derivative ||
      (await ledger.places(derivative.digest)).length === 0
    )
      continue;
    items.push({ holding, derivative });
  }
  return { items, bytes: items.reduce((sum, { holding }) => sum + holding.sizeBytes, 0) };
}

/** Drops the items of `plan` one by one: prove, record, remove. Killed anywhere, an original is either whole or recorded as dropped. */
export async function carryOutDrop(
  plan: DropPlan,
  deps: DropDeps,
  watch: Watch,
): Promise<DropReport> {
  const dropped: DropItem[] = [];
  const findings: Finding[] = [];
  let bytes = 0;
  for (const item of plan.items) {
    if (watch.stop.aborted) break;
    const { holding, derivative } = item;
    const flaw = await flawOf(item, deps);
    if (flaw) findings.push(flaw);
    else {
      // Recorded first: bytes without a fact are cleared on the next run, a fact without bytes would be a loss untold.
      await deps.ledger.commit([
        { kind: 'original-dropped', digest: holding.digest, derivativeDigest: derivative.digest },
      ]);
      deps.store.loose.remove(holding.digest);
      dropped.push(item);
      bytes += holding.sizeBytes;
    }
    watch.progress({
      stage: 'drop',
      doneItems: dropped.length + findings.length,
      totalItems: plan.items.length,
      doneBytes: bytes,
      totalBytes: plan.bytes,
    });
  }
  return {
    dropped,
    bytes,
    findings,
    interrupted: dropped.length + findings.length < plan.items.length,
  };
}

/** Why the derivative is not proved, or undefined when it reads back from its volume and is made again alike. */
async function flawOf(
  { holding, derivative }: DropItem,
  deps: DropDeps,
): Promise<Finding | undefined> {
  const subject = holding.description?.title ?? holding.digest;
  const flaw = (seen: string): Finding => ({ code: 'DROP_UNPROVED', subject, seen });
  const packed = await readThrough(derivative.digest, deps.store);
  if (packed !== derivative.digest) return flaw(`the packed derivative reads as ${packed}`);
  const remake = await remakeDerivative({ holding, derivative }, deps);
  if (remake.outcome === 'refused') return remake.finding;
  return remake.outcome === 'same' ? undefined : flaw(remake.seen);
}

/** Reading through the store verifies; damage ends the whole command, because then nothing may be dropped. */
async function readThrough(digest: Digest, store: Store): Promise<Digest> {
  const hasher = startSha256();
  for await (const chunk of store.read(digest)) hasher.update(chunk);
  return hasher.finish();
}
