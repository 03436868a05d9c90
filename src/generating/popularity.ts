/** The popularity that a chance from 0 to 1 stands for. */
import { POPULARITY_ABOVE } from './shape.ts';

/** The popularity, 0 to 100, of what has the chance `unit`, 0 ≤ unit < 1; even chances give the published shares. */
export function popularityOf(unit: number): number {
  const above = 1 - unit;
  if (above > POPULARITY_ABOVE[1]!) return 0;
  let [low, high] = [1, 100];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (above <= POPULARITY_ABOVE[middle]!) low = middle;
    else high = middle - 1;
  }
  return low;
}
