/** The sound of waves on a shore: soft noise that swells and falls away as long as the note is held. */
import { SAMPLE_RATE_HZ } from './stereo.ts';
import type { Instrument } from './strike.ts';

/** How much later the right channel hears the same water: enough that the two seem unrelated. */
const LATER_SAMPLES = Math.round(0.37 * SAMPLE_RATE_HZ);

/** Waves, wide across both channels. */
export const shore: Instrument = (strike, into) => {
  const count = Math.min(strike.lengthSamples, into.left.length - strike.at - LATER_SAMPLES);
  let smooth = 0;
  let slow = 0;
  for (let i = 0; i < count; i += 1) {
    const swell = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (7.3 * SAMPLE_RATE_HZ));
    const part = i / count;
    const edges = Math.min(1, part * 8, (1 - part) * 4);
    // Higher swells are also brighter, as breaking water is.
    smooth += (strike.random.next() * 2 - 1 - smooth) * (0.02 + 0.09 * swell * swell);
    slow += (smooth - slow) * 0.03;
    const sample = (smooth - slow) * (0.15 + 0.85 * swell * swell) * edges * strike.velocity;
    into.left[strike.at + i]! += sample;
    into.right[strike.at + i + LATER_SAMPLES]! += sample;
  }
};
