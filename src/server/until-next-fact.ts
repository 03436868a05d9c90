/**
 * Answers that are kept while the ledger and the day stay the same: what looks at everything, or at the whole of an
 * album, is not looked at again for each visitor.
 */
import type { Clock } from '../base/clock.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** What tells whether a kept answer still holds. */
export interface KeptWith {
  readonly ledger: Pick<Ledger, 'lastSeq'>;
  readonly clock: Clock;
}

/** The day by the archive's clock, `YYYY-MM-DD`. */
export function dayOf({ clock }: Pick<KeptWith, 'clock'>): string {
  return clock.nowIso().slice(0, 10);
}

/** What `make` gives, made again when the ledger has grown or the day has changed. What failed is not kept. */
export function untilNextFact<T>(sources: KeptWith, make: () => Promise<T>): () => Promise<T> {
  let kept: { key: string; value: Promise<T> } | undefined;
  return async () => {
    const key = `${await sources.ledger.lastSeq()} ${dayOf(sources)}`;
    if (kept?.key === key) return kept.value;
    const made = { key, value: make() };
    kept = made;
    made.value.catch(() => {
      if (kept === made) kept = undefined;
    });
    return made.value;
  };
}

/** The same for each id, for the `most` of them that were made last. */
export function eachUntilNextFact<T>(
  sources: KeptWith,
  most: number,
  make: (id: string) => Promise<T>,
): (id: string) => Promise<T> {
  const all = untilNextFact(sources, async () => new Map<string, Promise<T>>());
  return async (id) => {
    const kept = await all();
    const known = kept.get(id);
    if (known) return known;
    const made = make(id);
    if (kept.size >= most) kept.delete(kept.keys().next().value!);
    kept.set(id, made);
    made.catch(() => kept.delete(id));
    return made;
  };
}
