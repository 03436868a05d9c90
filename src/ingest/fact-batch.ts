/**
 * Facts on their way to the ledger, several items to a transaction: one fsync serves them all.
 *
 * An item is acknowledged only after the transaction that holds its facts.
 */
import type { Clock } from '../base/clock.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Fact } from '../model/fact.ts';

/** Most items and longest time that wait for one transaction: little is read again after a kill. */
const MAX_ITEMS = 64;
const MAX_WAIT_MS = 500;

/** Facts waiting. */
export interface FactBatch {
  /** Adds the facts of one item; `done` is called once they are kept. */
  add(facts: readonly Fact[], done?: () => void): Promise<void>;
  /** Keeps what waits. */
  flush(): Promise<void>;
}

/** An empty batch before `ledger`. */
export function startFactBatch(ledger: Pick<Ledger, 'commit'>, clock: Clock): FactBatch {
  let facts: Fact[] = [];
  let dones: (() => void)[] = [];
  let items = 0;
  let sinceMs = 0;
  const flush = async () => {
    const [kept, acknowledged] = [facts, dones];
    [facts, dones, items] = [[], [], 0];
    await ledger.commit(kept);
    for (const done of acknowledged) done();
  };
  return {
    async add(more, done) {
      if (items === 0) sinceMs = clock.elapsedMs();
      items += 1;
      facts.push(...more);
      if (done) dones.push(done);
      if (items >= MAX_ITEMS || clock.elapsedMs() - sinceMs >= MAX_WAIT_MS) await flush();
    },
    flush,
  };
}
