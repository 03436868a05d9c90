/**
 * All features of some sound in one pass: blocks in, named values with confidence and algorithm out.
 *
 * Memory does not grow with the sound. What cannot be told is left out. Each feature is defined in
 * docs/formats/features.md.
 */
import type { Feature } from '../../model/holding.ts';
import { CENTROID_ALGORITHM, startCentroid } from './brightness.ts';
import { startChroma } from './chroma.ts';
import { ENERGY_ALGORITHM, energyOf } from './energy.ts';
import { KEY_ALGORITHM, keyOf } from './key.ts';
import { ONSET_ALGORITHM, startOnsets } from './onsets.ts';
import { startSoundFrames } from './sound-frames.ts';
import { SPEECH_ALGORITHM, speechOf, startSpeech } from './speech.ts';
import { startTempo, TEMPO_ALGORITHM } from './tempo.ts';
import { VOICE_ALGORITHM, type Voice, voiceOf } from './voice.ts';

/** A meter being fed. */
export interface FeatureMeter {
  /** Takes a block of any length, one array a channel. */
  push(channels: readonly Float32Array[]): void;
  /** What could be told, by name. */
  finish(): Record<string, Feature>;
}

const SILENCE_ALGORITHM = 'below-60-dbfs/1';
/** Rates below have no room for the bands, rates above are no sound. */
const LEAST_RATE_HZ = 4410;
const MOST_RATE_HZ = 384_000;
/** Less sound than this tells nothing of it as a whole. */
const LEAST_SECONDS = 1;
const LEAST_SOUNDED_SECONDS = 0.1;
/** From this much sound on a mean is sure of itself. */
const SURE_SECONDS = 10;

/** A meter for sound of `rateHz`. */
export function startFeatures(rateHz: number): FeatureMeter {
  if (rateHz < LEAST_RATE_HZ || rateHz > MOST_RATE_HZ)
    return { push: () => undefined, finish: () => ({}) };
  let count = 0;
  let sounded = 0;
  let energy = 0;
  const frames = startSoundFrames(rateHz, (frame, mono) => {
    count += 1;
    if (!frame.isSilent) {
      sounded += 1;
      energy += frame.meanSquare;
    }
    onsets.push(frame);
    centroid.push(frame);
    chroma.push(mono);
    speech.push(frame);
  });
  const tempo = startTempo(frames.framesPerSecond);
  const onsets = startOnsets(frames, tempo.push);
  const centroid = startCentroid(frames.binHz);
  const chroma = startChroma(rateHz);
  const speech = startSpeech(frames);
  return {
    push: frames.push,
    finish() {
      const seconds = count / frames.framesPerSecond;
      if (seconds < LEAST_SECONDS) return {};
      const silenceShare = feature(1 - sounded / count, 1, SILENCE_ALGORITHM, 3);
      const centroidHz = centroid.finish();
      const soundedSeconds = sounded / frames.framesPerSecond;
      const signs = speech.finish();
      const likelihood = speechOf(signs);
      const voice = voiceFeature(voiceOf({ isSilent: sounded === 0, signs, speech: likelihood }));
      if (centroidHz === null || soundedSeconds < LEAST_SOUNDED_SECONDS)
        return { silenceShare, ...voice };
      const sure = Math.min(1, soundedSeconds / SURE_SECONDS);
      const onsetRatePerS = onsets.count() / seconds;
      const meanSquare = energy / sounded;
      const force = energyOf({ meanSquare, onsetRatePerS, centroidHz });
      return {
        silenceShare,
        energy: feature(force, sure, ENERGY_ALGORITHM, 2),
        spectralCentroidHz: feature(centroidHz, sure, CENTROID_ALGORITHM, 0),
        onsetRatePerS: feature(onsetRatePerS, sure, ONSET_ALGORITHM, 2),
        ...tempoFeature(tempo.finish()),
        ...keyFeatures(chroma.finish()),
        ...speechFeature(likelihood),
        ...voice,
      };
    },
  };
}

function tempoFeature(tempo: ReturnType<ReturnType<typeof startTempo>['finish']>) {
  if (!tempo) return {};
  return { tempoBpm: feature(tempo.beatsPerMinute, tempo.confidence, TEMPO_ALGORITHM, 1) };
}

function speechFeature(likelihood: number | null) {
  if (likelihood === null) return {};
  const confidence = Math.abs(2 * likelihood - 1);
  return { speechLikelihood: feature(likelihood, confidence, SPEECH_ALGORITHM, 2) };
}

function voiceFeature(voice: Voice | null) {
  if (voice === null) return {};
  const { likelihood, confidence } = voice;
  return { voiceLikelihood: feature(likelihood, confidence, VOICE_ALGORITHM, 2) };
}

function keyFeatures(classes: Float64Array | null) {
  const key = classes && keyOf(classes);
  if (!key) return {};
  const { tonic, mode, confidence } = key;
  return {
    key: { value: tonic, confidence: rounded(confidence.tonic, 2), algorithm: KEY_ALGORITHM },
    ...(confidence.mode < LEAST_MODE_CONFIDENCE
      ? {}
      : {
          mode: { value: mode, confidence: rounded(confidence.mode, 2), algorithm: KEY_ALGORITHM },
        }),
  };
}

const LEAST_MODE_CONFIDENCE = 0.1;

function feature(value: number, confidence: number, algorithm: string, places: number): Feature {
  return { value: rounded(value, places), confidence: rounded(confidence, 2), algorithm };
}

/** Further decimals would be noise, and make the record long. */
function rounded(value: number, places: number): number {
  const scale = 10 ** places;
  return Math.round(value * scale) / scale;
}
