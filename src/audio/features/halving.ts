/** Sound at half its rate: a half-band filter of 19 taps, flat to 0.16 of the incoming rate and -60 dB from 0.34 on. */

const REACH = 9;
/** Taps at the odd distances 1, 3 … 9 from the middle; those at even distances are zero, the middle is a half. */
const ODD_TAPS = [1, 3, 5, 7, 9].map((distance) => {
  const turn = (Math.PI * distance) / (REACH + 1);
  const blackman = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
  return (Math.sin((Math.PI * distance) / 2) / (Math.PI * distance)) * blackman;
});
const SCALE = 0.5 + 2 * ODD_TAPS.reduce((sum, tap) => sum + tap, 0);

/** A function that takes the next samples, an even count, and gives half as many in an array that is used again. */
export function startHalving(): (samples: Float32Array) => Float32Array {
  let line = new Float32Array(2 * REACH);
  let half = new Float32Array(0);
  return (samples) => {
    const length = 2 * REACH + samples.length;
    if (line.length !== length) {
      const longer = new Float32Array(length);
      longer.set(line.subarray(line.length - 2 * REACH), 0);
      line = longer;
      half = new Float32Array(samples.length / 2);
    } else line.copyWithin(0, length - 2 * REACH);
    line.set(samples, 2 * REACH);
    halve(line, half);
    return half;
  };
}

function halve(line: Float32Array, half: Float32Array): void {
  const [a, b, c, d, e] = ODD_TAPS as unknown as [number, number, number, number, number];
  for (let at = 0; at < half.length; at += 1) {
    const m = 2 * at + REACH;
    half[at] =
      (line[m]! / 2 +
        a * (line[m - 1]! + line[m + 1]!) +
        b * (line[m - 3]! + line[m + 3]!) +
        c * (line[m - 5]! + line[m + 5]!) +
        d * (line[m - 7]! + line[m + 7]!) +
        e * (line[m - 9]! + line[m + 9]!)) /
      SCALE;
  }
}
