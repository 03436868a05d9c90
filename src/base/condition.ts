/**
 * A condition that is waited for while threads work: whoever changes something says so, and whoever waits looks again. The
 * first failure ends all waiting.
 */

/** What is waited on. */
export interface Condition {
  /** Whether something failed. */
  readonly hasFailed: boolean;
  /** Has all who wait look again. */
  changed(): void;
  /** Ends all waiting, now and later, with `cause`; the first one counts. */
  fail(cause: unknown): void;
  /** Throws what failed first, if anything did. */
  check(): void;
  /** Resolves when `isMet`, which is asked at once and after each change. Throws what failed first, met or not. */
  until(isMet: () => boolean): Promise<void>;
}

/** A condition that nothing has happened to. */
export function createCondition(): Condition {
  let next = Promise.withResolvers<void>();
  let failure: { readonly cause: unknown } | undefined;
  const changed = () => {
    const { resolve } = next;
    next = Promise.withResolvers<void>();
    resolve();
  };
  const check = () => {
    if (failure) throw failure.cause;
  };
  return {
    get hasFailed() {
      return failure !== undefined;
    },
    changed,
    fail(cause) {
      failure ??= { cause };
      changed();
    },
    check,
    async until(isMet) {
      while (!failure && !isMet()) await next.promise;
      check();
    },
  };
}
