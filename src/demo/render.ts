/** Rendering: a score in, two channels of finished samples out. The same score and chance give the same samples. */
import { addDelay } from './delay.ts';
import { INSTRUMENTS } from './instruments.ts';
import { master, soundingLevelDb } from './mix.ts';
import type { Random } from './random.ts';
import { addReverb } from './reverb.ts';
import type { Part, Score } from './score.ts';
import { SAMPLE_RATE_HZ, type Stereo, silence } from './stereo.ts';
import { throughTape } from './tape.ts';

/** The samples of `score`, mastered. Cost: about 0.2 s of CPU for half a minute of music. */
export function render(score: Score, random: Random): Stereo {
  const beatSamples = (60 * SAMPLE_RATE_HZ) / score.tempoBpm;
  const length = Math.round(score.beats * beatSamples + score.tailSeconds * SAMPLE_RATE_HZ);
  const mix = silence(length);
  const room = new Float32Array(length);
  const echo = new Float32Array(length);
  const sound = silence(length);
  for (const part of score.parts) {
    playPart(part, beatSamples, sound, random);
    const gain = 10 ** ((part.levelDb - soundingLevelDb(sound)) / 20);
    addSend(room, sound, gain * (part.reverb ?? 0));
    addSend(echo, sound, gain * (part.echo ?? 0));
    moveInto(mix, sound, gain);
  }
  if (score.echo) {
    const repeats = silence(length);
    addDelay(score.echo, score.tempoBpm, echo, repeats);
    addSend(room, repeats, 0.4);
    moveInto(mix, repeats, 1);
  }
  addReverb(score.reverb, room, mix);
  const played = score.tape ? throughTape(score.tape, mix, random) : mix;
  master(played, score);
  return played;
}

function playPart(part: Part, beatSamples: number, into: Stereo, random: Random): void {
  const instrument = INSTRUMENTS[part.instrument];
  const human = ((part.humanMs ?? 0) * SAMPLE_RATE_HZ) / 1000;
  for (const note of part.notes) {
    const at = Math.max(0, Math.round(note.beat * beatSamples + random.between(-human, human)));
    if (at >= into.left.length) continue;
    const lengthSamples = Math.max(64, Math.round(note.lengthBeats * beatSamples));
    const { pitch } = note;
    const velocity = Math.min(1, note.velocity * random.between(0.93, 1.04));
    instrument({ at, lengthSamples, pitch, velocity, pan: part.pan ?? 0, random }, into);
  }
}

/** Adds what both channels share to a send, which is mono: rooms and echoes make their own width. */
function addSend(send: Float32Array, { left, right }: Stereo, gain: number): void {
  if (gain === 0) return;
  for (let i = 0; i < send.length; i += 1) send[i]! += (left[i]! + right[i]!) * gain;
}

/** Adds `sound` to `mix` and leaves it silent for the next part. */
function moveInto(mix: Stereo, sound: Stereo, gain: number): void {
  for (let i = 0; i < mix.left.length; i += 1) {
    mix.left[i]! += sound.left[i]! * gain;
    mix.right[i]! += sound.right[i]! * gain;
  }
  sound.left.fill(0);
  sound.right.fill(0);
}
