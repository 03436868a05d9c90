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
  const room = silence(length);
  const echo = silence(length);
  const sound = silence(length);
  for (const part of score.parts) {
    playPart(part, beatSamples, sound, random);
    const gain = 10 ** ((part.levelDb - soundingLevelDb(sound)) / 20);
    const toRoom = gain * (part.reverb ?? 0);
    const toEcho = gain * (part.echo ?? 0);
    share(sound.left, [mix.left, room.left, echo.left], [gain, toRoom, toEcho]);
    share(sound.right, [mix.right, room.right, echo.right], [gain, toRoom, toEcho]);
  }
  if (score.echo) {
    const repeats = silence(length);
    addDelay(score.echo, score.tempoBpm, echo, repeats);
    share(repeats.left, [mix.left, room.left, echo.left], [1, 0.4, 0]);
    share(repeats.right, [mix.right, room.right, echo.right], [1, 0.4, 0]);
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

/** Adds `sound` to three buffers at three gains and leaves it silent, in one pass over memory. */
function share(
  sound: Float32Array,
  [mix, room, echo]: readonly [Float32Array, Float32Array, Float32Array],
  [toMix, toRoom, toEcho]: readonly [number, number, number],
): void {
  for (let i = 0; i < sound.length; i += 1) {
    const sample = sound[i]!;
    if (sample === 0) continue;
    mix[i]! += sample * toMix;
    room[i]! += sample * toRoom;
    echo[i]! += sample * toEcho;
    sound[i] = 0;
  }
}
