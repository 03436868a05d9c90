/** Envelopes: how loud a held note is from its start to the end of its release, with no step the ear could hear as a click. */
import { SAMPLE_RATE_HZ } from './stereo.ts';

/** The four stages of an envelope. */
export interface Envelope {
  readonly attackSeconds: number;
  /** How long the fall from full level to `sustain` takes, to within a third. */
  readonly decaySeconds: number;
  /** Level held, 0 to 1. */
  readonly sustain: number;
  readonly releaseSeconds: number;
}

/** The level of every sample of a note held for `heldSamples`, release included: starts and ends at 0. */
export function shapeEnvelope(envelope: Envelope, heldSamples: number): Float32Array {
  const release = Math.max(64, Math.round(envelope.releaseSeconds * SAMPLE_RATE_HZ));
  const attack = Math.max(32, Math.round(envelope.attackSeconds * SAMPLE_RATE_HZ));
  const level = new Float32Array(heldSamples + release);
  const fall = Math.exp(-1 / (envelope.decaySeconds * SAMPLE_RATE_HZ));
  let above = 1 - envelope.sustain;
  for (let i = 0; i < level.length; i += 1) {
    const rise = i < attack ? 0.5 - 0.5 * Math.cos((Math.PI * i) / attack) : 1;
    level[i] = rise * (envelope.sustain + above);
    if (i >= attack) above *= fall;
    if (i >= heldSamples) {
      const left = 1 - (i - heldSamples) / release;
      level[i]! *= left * left;
    }
  }
  return level;
}
