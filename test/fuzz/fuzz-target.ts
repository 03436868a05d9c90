/** What a fuzz target is, and the checks that all of them make: a coded refusal, or a value that holds. */
import assert from 'node:assert/strict';
import { FonotecaError } from '../../src/base/errors.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';

/**
 * How a case ended: `written` was made by us and read back the same; `read` was mutated and read all the same, and what
 * it says holds; `refused` under a code. Anything else is thrown.
 */
export type CaseEnd = 'written' | 'read' | 'refused';

/** A codec under test. */
export interface FuzzTarget {
  readonly name: string;
  /** One case, decided by `random` alone. Throws when the codec breaks its promise. */
  readonly run: (random: SeededRandom) => CaseEnd;
}

/** The value of `read`, or undefined when it refuses with one of `codes`; any other error is the codec's fault. */
export function valueOrRefusal<T>(codes: RegExp, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    assert.match(error.code, codes, error.message);
    // What a person is shown must exist and be short enough to show.
    assert(error.wanted.length > 0 && error.next.length > 0, error.code);
    assert(error.message.length < 4096, `a message of ${error.message.length} characters`);
    return undefined;
  }
}

/** Asserts that two runs of bytes are the same, quickly; shows both only when they are not. */
export function assertSameBytes(seen: Uint8Array, wanted: Uint8Array, what: string): void {
  if (Buffer.compare(seen, wanted) === 0) return;
  assert.equal(
    Buffer.from(seen.subarray(0, 2000)).toString('latin1'),
    Buffer.from(wanted.subarray(0, 2000)).toString('latin1'),
    `${what}, ${seen.length} and ${wanted.length} bytes`,
  );
  assert.fail(what);
}
