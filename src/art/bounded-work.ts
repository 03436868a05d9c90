/**
 * Work that visitors cause: the same thing asked for twice is done once, a few at a time, and beyond a queue of stated
 * length the answer is that there is too much to do just now.
 */

/** What could not be done because too much waits already. */
export const BUSY = Symbol('too much waits already');

/** Work by key. */
export interface BoundedWork<T> {
  /** What `work` gives, of which there is one at a time for each `key`; `BUSY` when the queue is full. */
  run(key: string, work: () => Promise<T>): Promise<T | typeof BUSY>;
  /** The same, waiting however long the queue is: for who has time and asks for few things at once. */
  runPatiently(key: string, work: () => Promise<T>): Promise<T>;
}

/** Room for `running` works at once and `waiting` behind them. */
export function startBoundedWork<T>(limits: {
  readonly running: number;
  readonly waiting: number;
}): BoundedWork<T> {
  const inHand = new Map<string, Promise<T>>();
  const queue: (() => void)[] = [];
  let running = 0;
  const leave = () => {
    running -= 1;
    queue.shift()?.();
  };
  const start = async (work: () => Promise<T>): Promise<T> => {
    if (running >= limits.running) await new Promise<void>((resolve) => queue.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      leave();
    }
  };
  const runPatiently = (key: string, work: () => Promise<T>): Promise<T> => {
    const same = inHand.get(key);
    if (same) return same;
    const made = start(work).finally(() => inHand.delete(key));
    inHand.set(key, made);
    return made;
  };
  return {
    runPatiently,
    async run(key, work) {
      const isFull = running >= limits.running && queue.length >= limits.waiting;
      return isFull && !inHand.has(key) ? BUSY : runPatiently(key, work);
    },
  };
}
