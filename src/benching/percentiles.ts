/** Times as the bench tells them. */

/** Times of one kind of work, in milliseconds. */
export interface Times {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

/**
 * The median, the 99th percentile and the worst of `timesMs`, rounded to microseconds; zeros of none. A percentile is the least
 * of them that so large a part does not exceed (nearest rank): below a hundred times the 99th is the worst.
 */
export function timesOf(timesMs: readonly number[]): Times {
  const sorted = Float64Array.from(timesMs).sort((a, b) => a - b);
  const at = (part: number) =>
    Math.round((sorted[Math.ceil(part * sorted.length) - 1] ?? 0) * 1000) / 1000;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1) };
}
