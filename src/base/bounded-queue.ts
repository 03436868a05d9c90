/**
 * Work on a stream of items with a bounded number in hand.
 *
 * Input: items, possibly endless, and an asynchronous function. Output: the results as they come or in the order of
 * the items. A slow reader holds the work back; the first error stops the feeding.
 */

/** How `mapBounded` works. */
export interface BoundedOptions {
  /** Most items in hand at once, counting those done whose result was not taken yet. */
  readonly concurrency: number;
  /** Whether results keep the order of the items; when false (the default) they come as they are done. */
  readonly ordered?: boolean;
}

/**
 * The results of `work` on each item. When `work` or the items throw, nothing more is fed, what is in hand is waited
 * for, and the first error is thrown on; when the reader stops early, likewise.
 */
export async function* mapBounded<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  options: BoundedOptions,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const { concurrency, ordered = false } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new RangeError(`concurrency ${concurrency}`);
  const feed = iteratorOf(items);
  const inHand = new Set<Promise<Settled<R>>>();
  let isFed = false;
  try {
    while (true) {
      while (!isFed && inHand.size < concurrency) {
        const next = await feed.next();
        if (next.done) isFed = true;
        else {
          const task: Promise<Settled<R>> = settled(work, next.value).then((outcome) => ({
            ...outcome,
            task,
          }));
          inHand.add(task);
        }
      }
      const [oldest] = inHand;
      if (!oldest) return;
      const outcome = await (ordered ? oldest : Promise.race(inHand));
      inHand.delete(outcome.task);
      if ('error' in outcome) throw outcome.error;
      yield outcome.value;
    }
  } finally {
    await Promise.all(inHand);
    if (!isFed) await feed.return?.();
  }
}

type Outcome<R> = { readonly value: R } | { readonly error: unknown };
type Settled<R> = Outcome<R> & { readonly task: Promise<Settled<R>> };

async function settled<T, R>(work: (item: T) => Promise<R>, item: T): Promise<Outcome<R>> {
  try {
    return { value: await work(item) };
  } catch (error) {
    return { error };
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
