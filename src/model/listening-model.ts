/**
 * How often a track of a popularity is listened to, where nobody counted. The shape is the one published of a catalogue of
 * 256 million tracks in 2025: most tracks have under a thousand listens, 210,000 of 256 million have popularity 50 or
 * more, most listening falls between 50 and 80, and the first three tracks have 3.1, 3.1 and 1.1 billion. Between its
 * points the model is a line on a logarithmic scale. What it is used for is shares, not counts. Reasons: docs/planning.md.
 */

/** Listens of one track as the model has them, whole numbers. */
export interface ModelledListens {
  readonly listens: number;
  /** The least and the most that the published figures leave room for. */
  readonly low: number;
  readonly high: number;
}

/** Where the model is pinned: popularity, and the listens in the middle of the tracks that have it. */
const POINTS: readonly (readonly [popularity: number, listens: number])[] = [
  [1, 1000],
  [30, 300_000],
  [50, 12_000_000],
  [70, 220_000_000],
  [100, 3_000_000_000],
];
/** Popularity 0: from never heard to the thousand that popularity 1 begins with; the widest of all uncertainties. */
const AT_ZERO: ModelledListens = { listens: 500, low: 50, high: 1000 };
/** Above 0 the middle of a popularity may be off by this factor, either way. */
const FACTOR = 2;

const BY_POPULARITY: readonly ModelledListens[] = Array.from({ length: 101 }, (_, popularity) => {
  if (popularity === 0) return AT_ZERO;
  const listens = between(popularity);
  return { listens, low: Math.round(listens / FACTOR), high: listens * FACTOR };
});

/**
 * The listens of a track of `popularity` (0–100). Popularity unknown (null) counts as 0 listens at least and in the middle,
 * and as much as popularity 0 at most: nothing says that anybody listens, and nothing that nobody does.
 */
export function modelledListens(popularity: number | null): ModelledListens {
  if (popularity === null) return { listens: 0, low: 0, high: AT_ZERO.high };
  return BY_POPULARITY[Math.min(100, Math.max(0, Math.round(popularity)))]!;
}

function between(popularity: number): number {
  const next = Math.max(
    1,
    POINTS.findIndex(([at]) => at >= popularity),
  );
  const [[fromAt, from], [toAt, to]] = [POINTS[next - 1]!, POINTS[next]!];
  return Math.round(from * (to / from) ** ((popularity - fromAt) / (toAt - fromAt)));
}
