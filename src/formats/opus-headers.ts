/**
 * The two header packets of Ogg Opus, OpusHead and OpusTags, and the length of an audio packet
 * (RFC 7845 sections 5.1 and 5.2; RFC 6716 section 3.1 for the first byte of a packet).
 */
import assert from 'node:assert';
import { opusMapping } from './opus-mapping.ts';
import { encodeVorbisComment, type VorbisComment } from './vorbis-comment.ts';

/** Opus counts every position at 48 kHz, whatever went into the encoder. */
export const OPUS_RATE_HZ = 48_000;

/** The fields of OpusHead. */
export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz that a player decodes and drops at the start. */
  readonly preSkip: number;
  /** Rate of the encoder's input, for information; 0 when unknown. */
  readonly inputSampleRateHz: number;
  /** Gain to apply on playback, in 1/256 dB. */
  readonly outputGainQ8: number;
  /** 0: mono or stereo; 1: Vorbis channel order; 255 and others: no defined order. */
  readonly mappingFamily: number;
}

/** The OpusHead packet of one to eight channels: 19 bytes for mono and stereo, else with the mapping of family 1 behind. */
export function encodeOpusHead(head: Omit<OpusHead, 'mappingFamily'>): Uint8Array {
  const mapping = opusMapping(head.channels);
  assert(mapping, `${head.channels} channels`);
  const { family, streams, coupled, table } = mapping;
  const behind = family === 0 ? [] : [streams, coupled, ...table];
  const bytes = new Uint8Array(19 + behind.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('OpusHead'));
  bytes[8] = 1;
  bytes[9] = head.channels;
  view.setUint16(10, head.preSkip, true);
  view.setUint32(12, head.inputSampleRateHz, true);
  view.setInt16(16, head.outputGainQ8, true);
  bytes[18] = family;
  bytes.set(behind, 19);
  return bytes;
}

/** The OpusTags packet. */
export function encodeOpusTags(tags: VorbisComment): Uint8Array {
  return Buffer.concat([Buffer.from('OpusTags'), encodeVorbisComment(tags)]);
}

/** The fields of an OpusHead packet, or null when it is not one that RFC 7845 lets a reader accept. */
export function decodeOpusHead(packet: Uint8Array): OpusHead | null {
  if (packet.length < 19 || !startsWith(packet, 'OpusHead')) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  // The upper four bits are the major version; minor versions are readable by contract.
  if (packet[8]! >> 4 !== 0) return null;
  const channels = packet[9]!;
  const mappingFamily = packet[18]!;
  if (channels === 0 || (mappingFamily === 0 && channels > 2)) return null;
  return {
    channels,
    preSkip: view.getUint16(10, true),
    inputSampleRateHz: view.getUint32(12, true),
    outputGainQ8: view.getInt16(16, true),
    mappingFamily,
  };
}

/** Samples at 48 kHz in an Opus packet, or 0 when its first bytes are not valid (RFC 6716 section 3.1). */
export function opusPacketSamples(packet: Uint8Array): number {
  if (packet.length === 0) return 0;
  return opusSamplesOf({
    first: packet[0]!,
    second: packet.length > 1 ? packet[1]! : 0,
  });
}

/** The same from the first two bytes of a packet that is not empty; a missing second byte is 0. */
export function opusSamplesOf({ first, second }: { first: number; second: number }): number {
  const config = first >> 3;
  let frame: number;
  if (config < 12) frame = SILK_SAMPLES[config & 3]!;
  else if (config < 16) frame = config & 1 ? 960 : 480;
  else frame = 120 << (config & 3);
  const code = first & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : second & 63;
  const samples = frame * frames;
  return samples <= MAX_PACKET_SAMPLES ? samples : 0;
}

const SILK_SAMPLES = [480, 960, 1920, 2880];
/** A packet holds at most 120 ms. */
const MAX_PACKET_SAMPLES = 5760;

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (bytes[index] !== text.charCodeAt(index)) return false;
  return true;
}
