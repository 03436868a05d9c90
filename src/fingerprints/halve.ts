/**
 * Sound at half its rate, for the lowest part of its band: a half-band filter of eleven taps, maximally flat. From
 * 44.1 kHz on it is flat within 0.1 dB to 3.5 kHz, and what would fold onto that lies 50 dB down.
 */

/** Taps at the distances 1, 3 and 5; the middle one is a half and those at even distances are nothing. */
const [NEAR, MIDDLE, FAR] = [150 / 512, -25 / 512, 3 / 512];
const REACH = 5;

/** A function that takes blocks of any length and gives `sink` every second sample, filtered; the block is used again. */
export function startHalving(sink: (samples: Float64Array, length: number) => void) {
  let held = new Float64Array(0);
  let output = new Float64Array(0);
  // Silence before the first sample, so that it is the first to come out.
  let filled = REACH;
  return (samples: Float64Array, length: number): void => {
    if (held.length < filled + length) {
      const larger = new Float64Array(filled + length + 2 * REACH);
      larger.set(held.subarray(0, filled));
      held = larger;
      output = new Float64Array(larger.length >> 1);
    }
    held.set(samples.subarray(0, length), filled);
    filled += length;
    const count = Math.max(0, (filled - 2 * REACH + 1) >> 1);
    halve(held, output, count);
    held.copyWithin(0, 2 * count, filled);
    filled -= 2 * count;
    if (count > 0) sink(output, count);
  };
}

/** How much halving leaves of a tone of `cyclesPerSample` of its input. */
export function halvingResponse(cyclesPerSample: number): number {
  const turn = 2 * Math.PI * cyclesPerSample;
  const [near, middle, far] = [1, 3, 5].map((distance) => Math.cos(turn * distance));
  return 0.5 + 2 * (NEAR * near! + MIDDLE * middle! + FAR * far!);
}

function halve(input: Float64Array, output: Float64Array, count: number): void {
  for (let at = 0, centre = REACH; at < count; at += 1, centre += 2)
    output[at] =
      input[centre]! / 2 +
      NEAR * (input[centre - 1]! + input[centre + 1]!) +
      MIDDLE * (input[centre - 3]! + input[centre + 3]!) +
      FAR * (input[centre - 5]! + input[centre + 5]!);
}
