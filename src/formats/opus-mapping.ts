/**
 * How the channels of an Ogg Opus file lie in its streams, and how the packets of several streams become one
 * (RFC 7845 section 5.1.1; RFC 6716 appendix B). Mapping family 0 is mono and stereo, family 1 up to eight loudspeakers in
 * the order of Vorbis.
 */
import assert from 'node:assert';

/** Where each channel comes from. */
export interface OpusMapping {
  readonly family: 0 | 1;
  readonly streams: number;
  /** The first streams have two channels, the others one. */
  readonly coupled: number;
  /** For each channel its place among the channels of all streams, in their order. */
  readonly table: readonly number[];
}

/** The mappings libopus makes, by number of channels from one; every known encoder makes these. */
const MAPPINGS: readonly OpusMapping[] = [
  { family: 0, streams: 1, coupled: 0, table: [0] },
  { family: 0, streams: 1, coupled: 1, table: [0, 1] },
  { family: 1, streams: 2, coupled: 1, table: [0, 2, 1] },
  { family: 1, streams: 2, coupled: 2, table: [0, 1, 2, 3] },
  { family: 1, streams: 3, coupled: 2, table: [0, 4, 1, 2, 3] },
  { family: 1, streams: 4, coupled: 2, table: [0, 4, 1, 2, 3, 5] },
  { family: 1, streams: 4, coupled: 3, table: [0, 4, 1, 2, 3, 5, 6] },
  { family: 1, streams: 5, coupled: 3, table: [0, 6, 1, 2, 3, 4, 5, 7] },
];

/** The mapping for `channels` channels, or null when there is none: none, or more than eight. */
export function opusMapping(channels: number): OpusMapping | null {
  return MAPPINGS[channels - 1] ?? null;
}

/** One packet out of one packet of each stream, all but the last with their lengths. Each holds one frame. */
export function joinStreams(packets: readonly Uint8Array[]): Uint8Array {
  if (packets.length === 1) return packets[0]!;
  const parts = packets.map((packet, index) =>
    index === packets.length - 1 ? packet : selfDelimited(packet),
  );
  return Buffer.concat(parts);
}

/** A packet of one frame with the frame's length behind its first byte (RFC 6716 section 3.2.1). */
function selfDelimited(packet: Uint8Array): Uint8Array {
  assert(packet.length > 0 && (packet[0]! & 3) === 0, 'a packet of one frame');
  const length = packet.length - 1;
  const first = length < 252 ? length : 252 + (length & 3);
  const lengthBytes = length < 252 ? [length] : [first, (length - first) >> 2];
  return Buffer.concat([packet.subarray(0, 1), Uint8Array.from(lengthBytes), packet.subarray(1)]);
}
