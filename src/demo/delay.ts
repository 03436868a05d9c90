/** An echo that bounces between the channels in time with the music, duller at each turn. */
import { SAMPLE_RATE_HZ, type Stereo } from './stereo.ts';

/** An echo. */
export interface DelaySettings {
  /** Distance of the repeats. */
  readonly beats: number;
  /** How much of each repeat comes back, 0 to below 1. */
  readonly feedback: number;
  readonly level: number;
}

/** Share of the new sample the tone filter keeps at each turn: about 3.5 kHz. */
const TONE = 0.4;

/** Adds the echoes of `send` to `into`. */
export function addDelay(
  settings: DelaySettings,
  tempoBpm: number,
  send: Float32Array,
  into: Stereo,
): void {
  const length = Math.round((settings.beats * 60 * SAMPLE_RATE_HZ) / tempoBpm);
  const line = { left: new Float32Array(length), right: new Float32Array(length) };
  let at = 0;
  let smoothLeft = 0;
  let smoothRight = 0;
  for (let i = 0; i < send.length; i += 1) {
    smoothLeft += (line.left[at]! - smoothLeft) * TONE;
    smoothRight += (line.right[at]! - smoothRight) * TONE;
    into.left[i]! += smoothLeft * settings.level;
    into.right[i]! += smoothRight * settings.level;
    // Sounds enter on the left and cross over at every repeat.
    line.left[at] = send[i]! * 0.7 + smoothRight * settings.feedback;
    line.right[at] = smoothLeft * settings.feedback;
    at = at + 1 === length ? 0 : at + 1;
  }
}
