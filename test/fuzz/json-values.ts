/** Random texts and JSON values of what breaks programs. */
import type { Json } from '../../src/base/canonical-json.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { EDGE_NUMBERS, HOSTILE_TEXTS } from './mutations.ts';

/** A text of a few parts that break programs, joined. */
export function hostileText(random: SeededRandom): string {
  return Array.from({ length: 1 + random.below(4) }, () =>
    random.below(3) === 0
      ? Buffer.from(random.bytes(random.below(12))).toString(
          random.pick(['latin1', 'utf8', 'utf16le']),
        )
      : random.pick(HOSTILE_TEXTS),
  ).join('');
}

/** A value nested at most five deep. */
export function randomJson(random: SeededRandom, depth: number): Json {
  const kind = random.below(depth > 3 ? 3 : 5);
  if (kind === 0) return hostileText(random);
  if (kind === 1) return random.pick([null, true, false]);
  if (kind === 2) return random.pick([...EDGE_NUMBERS, -1, 0.5, 1e-7, 1e21, -1.5e300]);
  const count = random.below(4);
  if (kind === 3) return Array.from({ length: count }, () => randomJson(random, depth + 1));
  const keys = Array.from({ length: count }, () => hostileText(random).toWellFormed());
  return Object.fromEntries(keys.map((key) => [key, randomJson(random, depth + 1)]));
}
