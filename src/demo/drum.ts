/**
 * Drums: a falling sine for the kick, filtered noise for snare, hats and shakers. Two kits: `chip` is dry and short,
 * `room` is soft and rounded. A note's pitch names the piece of the kit.
 */
import { addMono, SAMPLE_RATE_HZ } from './stereo.ts';
import type { Instrument, Strike } from './strike.ts';

/** The pieces of a kit, numbered as in General MIDI. */
export const KIT = { kick: 36, rim: 37, snare: 38, stomp: 41, hat: 42, shaker: 70 } as const;

/** What a kit sounds like. */
export interface KitSettings {
  /** Time the kick takes to fall by 60 dB. */
  readonly kickSeconds: number;
  /** Where the noise of snare and hats is cut, in Hz: lower is duller. */
  readonly noiseTopHz: number;
}

const scratch = new Float32Array(SAMPLE_RATE_HZ);
const PLACES: Readonly<Record<number, number>> = {
  [KIT.hat]: 0.3,
  [KIT.rim]: -0.25,
  [KIT.shaker]: -0.4,
};

/** A drum kit. */
export function drumKit(settings: KitSettings): Instrument {
  return (strike, into) => {
    const count = Math.min(playPiece(settings, strike), into.left.length - strike.at);
    const pan = strike.pan + (PLACES[strike.pitch] ?? 0);
    addMono(into, scratch, { at: strike.at, count, gain: strike.velocity, pan });
  };
}

function playPiece(settings: KitSettings, strike: Strike): number {
  switch (strike.pitch) {
    case KIT.kick:
      return fallingSine({ fromHz: 130, toHz: 48, seconds: settings.kickSeconds, level: 0.95 });
    case KIT.stomp:
      return fallingSine({ fromHz: 85, toHz: 58, seconds: 0.22, level: 0.7 });
    case KIT.snare: {
      const count = noise(strike, {
        seconds: 0.19,
        bottomHz: 900,
        topHz: settings.noiseTopHz,
        level: 0.62,
      });
      addTone(190, 0.1, 0.34);
      return count;
    }
    case KIT.rim: {
      const count = noise(strike, {
        seconds: 0.045,
        bottomHz: 1200,
        topHz: settings.noiseTopHz,
        level: 0.35,
      });
      addTone(820, 0.04, 0.3);
      return count;
    }
    case KIT.shaker:
      return noise(strike, {
        seconds: 0.09,
        bottomHz: 5200,
        topHz: settings.noiseTopHz,
        level: 0.4,
        riseSeconds: 0.02,
      });
    default:
      return noise(strike, {
        seconds: 0.07,
        bottomHz: 6500,
        topHz: settings.noiseTopHz,
        level: 0.42,
      });
  }
}

function fallingSine(drum: {
  fromHz: number;
  toHz: number;
  seconds: number;
  level: number;
}): number {
  const count = Math.round(drum.seconds * SAMPLE_RATE_HZ);
  let phase = 0;
  for (let i = 0; i < count; i += 1) {
    const part = i / count;
    const hertz = drum.toHz + (drum.fromHz - drum.toHz) * Math.exp(-part * 14);
    phase += (2 * Math.PI * hertz) / SAMPLE_RATE_HZ;
    scratch[i] = Math.sin(phase) * drum.level * (1 - part) ** 2;
  }
  return count;
}

function noise(
  strike: Strike,
  drum: { seconds: number; bottomHz: number; topHz: number; level: number; riseSeconds?: number },
): number {
  const count = Math.round(drum.seconds * SAMPLE_RATE_HZ);
  const rise = Math.round((drum.riseSeconds ?? 0.001) * SAMPLE_RATE_HZ);
  const low = 1 - Math.exp((-2 * Math.PI * drum.topHz) / SAMPLE_RATE_HZ);
  const high = 1 - Math.exp((-2 * Math.PI * drum.bottomHz) / SAMPLE_RATE_HZ);
  let smooth = 0;
  let slow = 0;
  for (let i = 0; i < count; i += 1) {
    smooth += (strike.random.next() * 2 - 1 - smooth) * low;
    slow += (smooth - slow) * high;
    const level = (1 - i / count) ** 3 * Math.min(1, i / rise);
    scratch[i] = (smooth - slow) * level * drum.level;
  }
  return count;
}

function addTone(hertz: number, seconds: number, level: number): void {
  const count = Math.round(seconds * SAMPLE_RATE_HZ);
  for (let i = 0; i < count; i += 1)
    scratch[i]! +=
      Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE_HZ) * level * (1 - i / count) ** 2;
}
