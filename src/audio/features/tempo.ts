/**
 * The pulse of music in beats a minute: the period whose multiples the onset envelope agrees with best.
 *
 * The envelope's autocorrelation is summed while it comes in, so memory does not grow. A period is judged by its first
 * four multiples, weighed towards 120 a minute as listeners do (log-normal, 1.4 octaves), and set aside when the
 * halves or thirds between agree nearly as well: then the pulse is that faster one.
 */

/** Name and version of the algorithm. */
export const TEMPO_ALGORITHM = 'onset-autocorrelation/1';

/** A pulse. */
export interface Tempo {
  readonly beatsPerMinute: number;
  readonly confidence: number;
}

/** A meter being fed with the onset envelope. */
export interface TempoMeter {
  push(rise: number): void;
  /** The pulse; null when nothing repeats clearly. */
  finish(): Tempo | null;
}

const SLOWEST_BPM = 50;
const FASTEST_BPM = 210;
const PREFERRED_BPM = 120;
const PREFERENCE_OCTAVES = 1.4;
const TEETH = 4;
/** Share of the multiples' agreement from which what lies between is the pulse itself. */
const BETWEEN_SHARE = 0.88;
/** Candidates a frame of period. */
const GRID = 8;
/** Envelope values kept beyond the longest lag, so that they are moved seldom. */
const SLACK = 4096;
/** How far from the last multiple its crest is looked for, in periods. */
const REFINING = 0.1;
const LEAST_SECONDS = 8;
const LEAST_CONFIDENCE = 0.25;
/** Agreement, as a share of the envelope's own, that is as clear as music gets. */
const CLEAR_AGREEMENT = 0.5;

/** A meter for an envelope of `framesPerSecond` values. */
export function startTempo(framesPerSecond: number): TempoMeter {
  const longest = Math.ceil(((60 * framesPerSecond) / SLOWEST_BPM) * TEETH) + 2;
  const sums = new Float64Array(longest + 1);
  const held = new Float64Array(longest + SLACK);
  let end = longest;
  let total = 0;
  let count = 0;
  return {
    push(rise) {
      if (end === held.length) {
        held.copyWithin(0, end - longest);
        end = longest;
      }
      held[end] = rise;
      if (rise > 0) addProducts(sums, held, end);
      end += 1;
      total += rise;
      count += 1;
    },
    finish() {
      if (count < LEAST_SECONDS * framesPerSecond) return null;
      return pulseOf(agreement(sums, total, count), framesPerSecond);
    },
  };
}

/** Adds the product of the value at `now` with each before it. */
function addProducts(sums: Float64Array, held: Float64Array, now: number): void {
  const value = held[now]!;
  for (let lag = 0; lag < sums.length; lag += 1) sums[lag]! += value * held[now - lag]!;
}

/** Autocorrelation about the mean, as a share of that at lag 0, smoothed over three lags; null for a flat envelope. */
function agreement(sums: Float64Array, total: number, count: number): Float64Array | null {
  const level = (total / count) ** 2;
  const at = (lag: number) => sums[lag]! / Math.max(1, count - lag) - level;
  const smooth = (lag: number) => (at(lag - 1) + 2 * at(lag) + at(lag + 1)) / 4;
  // Lag -1 is lag 1.
  const own = (at(0) + at(1)) / 2;
  if (!(own > 0)) return null;
  return Float64Array.from({ length: sums.length - 1 }, (_, lag) =>
    lag === 0 ? 1 : smooth(lag) / own,
  );
}

function pulseOf(curve: Float64Array | null, framesPerSecond: number): Tempo | null {
  if (!curve) return null;
  const shortest = (60 * framesPerSecond) / FASTEST_BPM;
  const longest = (60 * framesPerSecond) / SLOWEST_BPM;
  const candidates = [];
  for (let period = shortest; period <= longest; period += 1 / GRID) {
    const score = comb(curve, period, 0);
    const isPulse = [2, 3].every(
      (parts) => period / parts < shortest || between(curve, period, parts) < BETWEEN_SHARE * score,
    );
    const octaves = Math.log2((60 * framesPerSecond) / period / PREFERRED_BPM);
    const preference = Math.exp(-0.5 * (octaves / PREFERENCE_OCTAVES) ** 2);
    candidates.push({ period, score, weighed: isPulse ? score * preference : 0 });
  }
  const best = candidates.reduce((a, b) => (b.weighed > a.weighed ? b : a));
  const rivals = candidates.filter(({ period }) => !isRelated(period / best.period));
  const rival = Math.max(0, ...rivals.map(({ score }) => score));
  const clearness = Math.min(1, best.score / CLEAR_AGREEMENT);
  const confidence = Math.min(1, 1.5 * clearness * Math.max(0, 1 - rival / best.score));
  if (!(best.weighed > 0) || confidence < LEAST_CONFIDENCE) return null;
  return { beatsPerMinute: (60 * framesPerSecond) / refined(curve, best.period), confidence };
}

/** `period` by the crest of its last multiple, where a frame is the least of it. */
function refined(curve: Float64Array, period: number): number {
  const near = Math.round(period * TEETH);
  const reach = Math.floor(period * REFINING);
  let crest = near;
  for (let lag = near - reach; lag <= Math.min(near + reach, curve.length - 2); lag += 1)
    if (curve[lag]! > curve[crest]!) crest = lag;
  const [left, middle, right] = [curve[crest - 1]!, curve[crest]!, curve[crest + 1]!];
  const curvature = left - 2 * middle + right;
  const offset = curvature < 0 ? Math.max(-1, Math.min(1, (0.5 * (left - right)) / curvature)) : 0;
  return (crest + offset) / TEETH;
}

/** Mean agreement at the multiples of `period`, moved by `shift` periods. */
function comb(curve: Float64Array, period: number, shift: number): number {
  let sum = 0;
  for (let tooth = 1; tooth <= TEETH; tooth += 1) {
    const lag = (tooth - shift) * period;
    const whole = Math.floor(lag);
    const part = lag - whole;
    sum += (1 - part) * curve[whole]! + part * (curve[whole + 1] ?? 0);
  }
  return sum / TEETH;
}

/** The least agreement at what divides the periods into `parts`. */
function between(curve: Float64Array, period: number, parts: number): number {
  const shifts = Array.from({ length: parts - 1 }, (_, index) => (index + 1) / parts);
  return Math.min(...shifts.map((shift) => comb(curve, period, shift)));
}

/** Whether two periods in that ratio belong to one metre. */
function isRelated(ratio: number): boolean {
  return [1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 8 / 3, 3, 4].some(
    (simple) => Math.abs(ratio / simple - 1) < 0.06,
  );
}
