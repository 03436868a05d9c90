/**
 * Whether a volume may still be served under an infohash: the ledger's word, asked again before every block.
 *
 * From the fact `withdrawn` on the answer is no, before the first byte is zeroed; from `volume-redacted` on the volume
 * has another infohash. Asking is cheap: the history is looked at from where it was looked at last.
 */
import type { Ledger } from '../ledger/ledger.ts';
import type { Fact } from '../model/fact.ts';

/** Facts after which an answer may be another. */
const TURNING: ReadonlySet<Fact['kind']> = new Set(['withdrawn', 'restored', 'volume-redacted']);
/** Rows of history looked at in one go. */
const HISTORY_ROWS = 500;

/** Whether the volume `name` is still the one with `infohashV1`, and nothing in it waits to be zeroed or brought back. */
export async function isServable(
  ledger: Ledger,
  name: string,
  infohashV1: string,
): Promise<boolean> {
  return (await servableVolumes(ledger))(name, infohashV1);
}

/** `isServable` for many volumes at once: what waits is asked for one time. */
export async function servableVolumes(
  ledger: Ledger,
): Promise<(name: string, infohashV1: string) => Promise<boolean>> {
  const waiting = new Set((await ledger.unredactedVolumes()).map(({ name }) => name));
  return async (name, infohashV1) =>
    !waiting.has(name) && (await ledger.volume(name))?.infohashV1 === infohashV1;
}

/** Counts the turns of the ledger: an answer got at one turn holds until the next. */
export interface TurnWatch {
  turn(): Promise<number>;
}

/** A watch over `ledger`. */
export async function watchTurns(ledger: Ledger): Promise<TurnWatch> {
  let seen = await ledger.lastSeq();
  let turns = 0;
  return {
    async turn() {
      for (;;) {
        const rows = await ledger.history(seen, HISTORY_ROWS);
        const last = rows.at(-1);
        if (last === undefined) return turns;
        seen = Math.max(seen, last.seq);
        if (rows.some(({ fact }) => TURNING.has(fact.kind))) turns += 1;
      }
    },
  };
}
