/**
 * The curve of a plan: what has been taken after each step of the order of acquisition, as columns of whole numbers. Steps
 * are as fine as a thousandth of the bytes taken so far, so that any budget from a gigabyte to a petabyte is answered by a
 * search among some twenty thousand of them, and every end of a stage and the plan's own cut are steps.
 */

/** The columns of a step, in the order of the file. */
export const CURVE_COLUMNS = [
  'tracks',
  'bytes',
  'keepBytes',
  'listens',
  'low',
  'high',
  'recordings',
  'artists',
  'opusTracks',
  'opusBytes',
  'reserveTracks',
  'reserveBytes',
  'wantedTracks',
  'wantedBytes',
  'darkTracks',
  'heldBytes',
] as const;
/** A column of the curve. */
export type CurveColumn = (typeof CURVE_COLUMNS)[number];
/** What has been taken: a number for each column. */
export type CurvePoint = Readonly<Record<CurveColumn, number>>;

/** A step is this part of what was taken before it. */
const FINENESS = 1024;
/** A block number has 16 bits, and the highest means none. */
export const NO_STEP = 0xffff;

/** The curve of a finished plan. */
export interface Curve {
  readonly steps: number;
  /** `steps` numbers for each column, one column after the other. */
  readonly numbers: Float64Array;
}

/** A curve being drawn. */
export interface CurveWriter {
  /** Steps that are closed; the number of the step that a track taken now belongs to. */
  readonly steps: number;
  /** What has been taken so far, changed by who takes. */
  readonly now: Float64Array;
  /** To be called after each track: closes the step when it is large enough. */
  taken(): void;
  /** Closes the step if anything was taken since the last. Returns how many are closed. */
  close(): number;
  finish(): Curve;
}

/** The place of a column in `CurveWriter.now`. */
export function columnAt(name: CurveColumn): number {
  return CURVE_COLUMNS.indexOf(name);
}

const TRACKS = columnAt('tracks');
const BYTES = columnAt('bytes');

/** An empty curve. */
export function startCurve(): CurveWriter {
  const width = CURVE_COLUMNS.length;
  const now = new Float64Array(width);
  let rows = new Float64Array(width * 1024);
  let steps = 0;
  let next = 0;
  let closedTracks = 0;
  const close = () => {
    if (now[TRACKS] === closedTracks) return steps;
    if ((steps + 1) * width > rows.length) {
      const larger = new Float64Array(rows.length * 2);
      larger.set(rows);
      rows = larger;
    }
    rows.set(now, steps * width);
    steps += 1;
    closedTracks = now[TRACKS]!;
    next = now[BYTES]! * (1 + 1 / FINENESS);
    return steps;
  };
  return {
    get steps() {
      return steps;
    },
    now,
    taken() {
      if (now[BYTES]! >= next && now[BYTES]! > 0) close();
    },
    close,
    finish() {
      close();
      const numbers = new Float64Array(width * steps);
      for (let step = 0; step < steps; step += 1)
        for (let column = 0; column < width; column += 1)
          numbers[column * steps + step] = rows[step * width + column]!;
      return { steps, numbers };
    },
  };
}

/** What has been taken after `steps` steps; nothing after none. */
export function pointAt(curve: Curve, steps: number): CurvePoint {
  const point = {} as Record<CurveColumn, number>;
  for (const [at, name] of CURVE_COLUMNS.entries())
    point[name] = steps === 0 ? 0 : curve.numbers[at * curve.steps + steps - 1]!;
  return point;
}

/** The most steps whose `column` is at most `limit`: a search of some fifteen looks. */
export function stepsWithin(curve: Curve, column: CurveColumn, limit: number): number {
  const from = columnAt(column) * curve.steps;
  let [low, high] = [0, curve.steps];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (curve.numbers[from + middle - 1]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
