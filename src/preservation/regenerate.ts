/**
 * `verify --regenerate`: makes a sample of the derivatives again from their originals and compares the bytes. What is
 * damaged at either end shows, and so does a build that no longer does what it promised.
 */

import { mapBounded } from '../base/bounded-queue.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { Finding } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { compareBytes } from '../base/safe-path.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { Derivative } from '../model/holding.ts';
import { type Remake, type RemakeDeps, remakeDerivative } from './remake-derivative.ts';

/** What regenerating works with. */
export interface RegenerateDeps extends RemakeDeps {
  readonly ledger: Ledger;
  /** Encodings in hand at once. */
  readonly concurrency: number;
}

/** Which derivatives are made again: `count` of them, another choice for each `seed`, or all. */
export interface RegenerateSample {
  readonly count: number | 'all';
  readonly seed: string;
}

/** What making derivatives again found. */
export interface RegenerateReport {
  /** Derivatives whose original is held. */
  readonly derivatives: number;
  /** Those made again with the same bytes. */
  readonly same: number;
  /** Those made again by another build, of which nothing is promised. */
  readonly otherBuild: number;
  /** Those whose original was dropped. */
  readonly withoutOriginal: number;
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

interface Pair {
  readonly holding: HeldHolding;
  readonly derivative: Derivative;
}

/** Makes the sample again, several at once, and tells of each that did not come out alike. */
export async function regenerate(
  sample: RegenerateSample,
  deps: RegenerateDeps,
  watch: Watch,
): Promise<RegenerateReport> {
  const { pairs, withoutOriginal } = await derivativesOf(deps.ledger);
  const chosen = chosenOf(pairs, sample);
  const totalBytes = chosen.reduce((sum, { holding }) => sum + holding.sizeBytes, 0);
  const findings: Finding[] = [];
  const counts = { same: 0, otherBuild: 0, done: 0, bytes: 0 };
  const remakes = mapBounded(
    untilStopped(chosen, watch),
    { concurrency: deps.concurrency, ordered: true },
    async (pair) => ({ ...pair, remake: await remakeDerivative(pair, deps) }),
  );
  for await (const { holding, derivative, remake } of remakes) {
    const item = holding.description?.title ?? holding.digest;
    const finding = findingOf(remake, `${item} (${derivative.digest.slice(0, 12)})`);
    if (finding) findings.push(finding);
    counts.same += remake.outcome === 'same' ? 1 : 0;
    counts.otherBuild += remake.outcome === 'other-build' ? 1 : 0;
    counts.done += 1;
    counts.bytes += holding.sizeBytes;
    watch.progress({
      stage: 'regenerate',
      doneItems: counts.done,
      totalItems: chosen.length,
      doneBytes: counts.bytes,
      totalBytes,
      item,
    });
  }
  const { same, otherBuild, done } = counts;
  const interrupted = done < chosen.length;
  return { derivatives: pairs.length, same, otherBuild, withoutOriginal, findings, interrupted };
}

/** Every derivative whose original is there to make it again, in the order of the originals. */
async function derivativesOf(ledger: Ledger): Promise<{ pairs: Pair[]; withoutOriginal: number }> {
  const pairs: Pair[] = [];
  let withoutOriginal = 0;
  for (const holding of await ledger.holdings()) {
    if (holding.withdrawn) continue;
    for (const derivative of await ledger.derivativesOf(holding.digest)) {
      if (await ledger.isWithdrawn(derivative.digest)) continue;
      if (holding.dropped) withoutOriginal += 1;
      else pairs.push({ holding, derivative });
    }
  }
  return { pairs, withoutOriginal };
}

/** A choice that depends on the seed and the digests alone. */
function chosenOf(pairs: readonly Pair[], { count, seed }: RegenerateSample): readonly Pair[] {
  if (count === 'all' || count >= pairs.length) return pairs;
  const place = (digest: Digest) => sha256(Buffer.from(`${seed} ${digest}`));
  return pairs
    .map((pair) => ({ pair, place: place(pair.derivative.digest) }))
    .sort((a, b) => compareBytes(a.place, b.place))
    .slice(0, count)
    .map(({ pair }) => pair);
}

function findingOf(remake: Remake, subject: string): Finding | null {
  switch (remake.outcome) {
    case 'same':
      return null;
    case 'refused':
      return remake.finding;
    case 'other-build':
      return { code: 'REGENERATE_OTHER_BUILD', subject, seen: remake.seen };
    case 'different':
      return { code: 'REGENERATE_DIFFERENT', subject, seen: remake.seen };
  }
}

function* untilStopped<T>(items: readonly T[], watch: Watch): Generator<T> {
  for (const item of items) {
    if (watch.stop.aborted) return;
    yield item;
  }
}
