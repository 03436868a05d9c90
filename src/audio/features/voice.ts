/**
 * Whether there is a voice, said only where that is certain: speech is a voice; silence, and tones that never change, are
 * none. Singing over instruments is told by no rule here (docs/formats/features.md).
 */
import type { SpeechSigns } from './speech.ts';

/** Name and version of the algorithm. */
export const VOICE_ALGORITHM = 'speech-or-steady/1';

/** From 0, no voice, to 1, a voice, and how clearly the sound showed it. */
export interface Voice {
  readonly likelihood: number;
  readonly confidence: number;
}

/** Below this many octaves of swing, and above this hold, nothing of the spectrum moves: no breath lasts like that. */
const STEADY_SWING_OCTAVES = 0.02;
const STEADY_HOLD = 0.995;

/**
 * Whether sound with these signs has a voice; null when that is doubtful. `speech` is its likelihood where it is told, and
 * `isSilent` says that no frame has sound.
 */
export function voiceOf({
  isSilent,
  signs,
  speech,
}: {
  readonly isSilent: boolean;
  readonly signs: SpeechSigns | null;
  readonly speech: number | null;
}): Voice | null {
  const isSteady =
    signs !== null &&
    signs.gaps === 0 &&
    signs.swingOctaves <= STEADY_SWING_OCTAVES &&
    signs.hold >= STEADY_HOLD;
  if (isSilent || isSteady) return { likelihood: 0, confidence: 1 };
  if (speech === null || speech < 0.5) return null;
  return { likelihood: speech, confidence: 2 * speech - 1 };
}
