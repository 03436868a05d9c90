/**
 * Reverberation: a feedback delay network of eight lines mixed by a Hadamard matrix (Jot and Chaigne, 1991), after two
 * all-pass diffusers a channel. Input: what the parts send, in mono; output is added to the mix. The room runs at half the sample
 * rate: its damped tail holds next to nothing above 10 kHz, and it costs half as much.
 */
import { SAMPLE_RATE_HZ, type Stereo } from './stereo.ts';

/** A room. */
export interface ReverbSettings {
  /** Time to fall by 60 dB. */
  readonly seconds: number;
  /** How much faster the highs fall: 0 as the lows, towards 1 almost at once. */
  readonly damping: number;
  readonly level: number;
}

const ROOM_RATE_HZ = SAMPLE_RATE_HZ / 2;
/** Lengths of the lines in samples: primes from 25 to 58 ms, so that their echoes do not coincide. */
const LENGTHS = [557, 641, 709, 797, 887, 1009, 1151, 1277] as const;
const DIFFUSERS = [
  [71, 191],
  [79, 199],
] as const;
/** Shorter than the shortest line, so that a block never reads what it writes. */
const BLOCK = 512;

/** One line: its ring, where it stands, and the state of its damping filter. */
interface Line {
  readonly ring: Float32Array;
  readonly gain: number;
  readonly block: Float32Array;
  at: number;
  low: number;
}

/** Adds the room's answer to `send` to `into`. */
export function addReverb(settings: ReverbSettings, send: Float32Array, into: Stereo): void {
  const input = halve(send);
  const left = diffuse(diffuse(input, DIFFUSERS[0][0]), DIFFUSERS[0][1]);
  const right = diffuse(diffuse(input, DIFFUSERS[1][0]), DIFFUSERS[1][1]);
  const room = { left: new Float32Array(left.length), right: new Float32Array(left.length) };
  const lines = LENGTHS.map((length) => ({
    ring: new Float32Array(length),
    gain: 10 ** ((-3 * length) / (settings.seconds * ROOM_RATE_HZ)) / Math.sqrt(8),
    block: new Float32Array(BLOCK),
    at: 0,
    low: 0,
  }));
  for (let from = 0; from < left.length; from += BLOCK) {
    const count = Math.min(BLOCK, left.length - from);
    for (const [index, line] of lines.entries()) {
      readLine(line, count, 1 - settings.damping);
      const sign = index < 6 ? settings.level : -settings.level;
      addTo(index % 2 === 0 ? room.left : room.right, from, line.block, count, sign);
    }
    for (const half of [1, 2, 4])
      for (let index = 0; index < 8; index += 1)
        if ((index & half) === 0) cross(lines[index]!.block, lines[index + half]!.block, count);
    for (const [index, line] of lines.entries())
      writeLine(line, index % 2 === 0 ? left : right, from, count);
  }
  addDoubled(room.left, into.left);
  addDoubled(room.right, into.right);
}

/** Every two samples as their mean. */
function halve(input: Float32Array): Float32Array {
  const output = new Float32Array(input.length >> 1);
  for (let i = 0; i < output.length; i += 1) output[i] = (input[2 * i]! + input[2 * i + 1]!) / 2;
  return output;
}

/** Adds `room` at twice its rate, a straight line from each sample to the next. */
function addDoubled(room: Float32Array, into: Float32Array): void {
  let before = 0;
  for (let i = 0; i < room.length; i += 1) {
    const now = room[i]!;
    into[2 * i]! += (before + now) / 2;
    into[2 * i + 1]! += now;
    before = now;
  }
}

function readLine(line: Line, count: number, pass: number): void {
  const { ring, block } = line;
  let { at, low } = line;
  for (let i = 0; i < count; i += 1) {
    low += (ring[at]! - low) * pass;
    block[i] = low;
    at = at + 1 === ring.length ? 0 : at + 1;
  }
  line.low = low;
}

function addTo(
  into: Float32Array,
  from: number,
  block: Float32Array,
  count: number,
  gain: number,
): void {
  for (let i = 0; i < count; i += 1) into[from + i]! += block[i]! * gain;
}

/** One butterfly of the Hadamard matrix: the two lines become their sum and their difference. */
function cross(one: Float32Array, other: Float32Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const a = one[i]!;
    const b = other[i]!;
    one[i] = a + b;
    other[i] = a - b;
  }
}

function writeLine(line: Line, input: Float32Array, from: number, count: number): void {
  const { ring, block, gain } = line;
  let { at } = line;
  for (let i = 0; i < count; i += 1) {
    ring[at] = input[from + i]! * 0.22 + block[i]! * gain;
    at = at + 1 === ring.length ? 0 : at + 1;
  }
  line.at = at;
}

function diffuse(input: Float32Array, length: number): Float32Array {
  const output = new Float32Array(input.length);
  for (let i = 0; i < input.length; i += 1) {
    const past = i >= length ? input[i - length]! + 0.6 * output[i - length]! : 0;
    output[i] = past - 0.6 * input[i]!;
  }
  return output;
}
