/**
 * The header packets of Vorbis, as far as counting samples needs them (Vorbis I specification, sections 4.2 and 4.3.8).
 *
 * An audio packet gives (previous block + this block) / 4 samples; which of the two block sizes a packet has stands in
 * its mode number, and the modes stand at the very end of the setup header. They are found by reading it backwards,
 * as the code books before them are of no interest here.
 */

/** The identification header. */
export interface VorbisIdentification {
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Sizes of a short and of a long block in samples. */
  readonly blockSizes: readonly [number, number];
}

/** The identification header in `packet`, or null when it is not a valid one. */
export function decodeVorbisIdentification(packet: Uint8Array): VorbisIdentification | null {
  if (packet.length < 30 || !isVorbisHeader(packet, 1)) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const channels = packet[11]!;
  const sampleRateHz = view.getUint32(12, true);
  const short = 1 << (packet[28]! & 15);
  const long = 1 << (packet[28]! >> 4);
  const isValid =
    view.getUint32(7, true) === 0 &&
    channels > 0 &&
    sampleRateHz > 0 &&
    short >= 64 &&
    long <= 8192 &&
    short <= long &&
    (packet[29]! & 1) === 1;
  return isValid ? { channels, sampleRateHz, blockSizes: [short, long] } : null;
}

/** Whether `packet` is the Vorbis header of `type`: 1 identification, 3 comment, 5 setup. */
export function isVorbisHeader(packet: Uint8Array, type: number): boolean {
  return packet[0] === type && Buffer.from(packet.subarray(1, 7)).toString('latin1') === 'vorbis';
}

const MAX_MODES = 64;
/** A mode: block flag 1, window type 16, transform type 16, mapping 8 bits. */
const MODE_BITS = 41;

/** Whether each mode uses the long block, in order, or null when `setup` is no setup header. */
export function decodeVorbisModes(setup: Uint8Array): boolean[] | null {
  if (setup.length < 16 || !isVorbisHeader(setup, 5)) return null;
  const bitAt = (fromEnd: number): number => {
    const bit = setup.length * 8 - 1 - fromEnd;
    return bit < 0 ? 0 : (setup[bit >> 3]! >> (bit & 7)) & 1;
  };
  let at = 0;
  while (at < setup.length * 8 && bitAt(at) === 0) at += 1;
  at += 1;
  const takeNumber = (from: number, count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + bitAt(from + index);
    return value;
  };
  const flags: boolean[] = [];
  let found = 0;
  const start = at;
  // The number of modes stands before them; the longest run that agrees with its own count is the list.
  while (flags.length < MAX_MODES && at + MODE_BITS + 6 <= setup.length * 8) {
    if (takeNumber(at, 8) > 63 || takeNumber(at + 8, 32) !== 0) break;
    flags.push(bitAt(at + 40) === 1);
    at = start + flags.length * MODE_BITS;
    if (takeNumber(at, 6) + 1 === flags.length) found = flags.length;
  }
  return found === 0 ? null : flags.slice(0, found).reverse();
}

/** Size of the block in an audio packet that begins with `firstByte`, or 0 for what is no audio packet. */
export function vorbisBlockSize(
  firstByte: number,
  modes: readonly boolean[],
  blockSizes: readonly [number, number],
): number {
  if (firstByte & 1) return 0;
  const modeBits = 32 - Math.clz32(modes.length - 1);
  const isLong = modes[(firstByte >> 1) & ((1 << modeBits) - 1)];
  return isLong === undefined ? 0 : blockSizes[isLong ? 1 : 0];
}
