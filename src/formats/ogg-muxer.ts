/**
 * Packets into Ogg pages, and Opus packets into a whole Ogg Opus file.
 *
 * Nothing but the arguments reaches the bytes: the serial is given, there is no clock and no randomness, so the same
 * packets make the same file on every machine (RFC 3533, RFC 7845).
 */
import assert from 'node:assert';
import { encodeOggPage, OGG_CONTINUED, OGG_FIRST, OGG_LAST, OGG_NO_GRANULE } from './ogg-page.ts';
import { encodeOpusHead, encodeOpusTags, OPUS_RATE_HZ, opusPacketSamples } from './opus-headers.ts';
import type { CommentField } from './vorbis-comment.ts';

/** What `muxOpus` puts into a file. */
export interface OpusStream {
  /** The logical stream's number, 32 bits. */
  readonly serial: number;
  /** One to eight. */
  readonly channels: number;
  /** Samples at 48 kHz a player drops at the start: the encoder's look-ahead. */
  readonly preSkip: number;
  readonly inputSampleRateHz: number;
  /** Samples at 48 kHz to be heard; what the packets hold beyond them is trimmed by the last page. */
  readonly samples48k: number;
  /** Packets of 20 ms in order. Those after the last sample to be heard are left out. */
  readonly packets: readonly Uint8Array[];
  readonly comments: readonly CommentField[];
  readonly vendor: string;
  /** Playback gain in 1/256 dB; 0 when absent. */
  readonly outputGainQ8?: number;
}

/** A packet on its way into pages. */
export interface PacketToPage {
  readonly bytes: Uint8Array;
  /** Granule position after this packet. */
  readonly granule: number;
  /** Whether the page ends after this packet. */
  readonly endsPage: boolean;
}

const PACKET_SAMPLES = 960;
/** One second a page: a seek or a lost page costs a second, and page headers 0.4 % at 75 kbit/s. */
const PACKETS_PER_PAGE = OPUS_RATE_HZ / PACKET_SAMPLES;
const MAX_SEGMENTS = 255;

/** The bytes of an Ogg Opus file. Arguments that contradict each other are a fault of the caller. */
export function muxOpus(stream: OpusStream): Uint8Array {
  const endGranule = stream.preSkip + stream.samples48k;
  const needed = Math.max(1, Math.ceil(endGranule / PACKET_SAMPLES));
  assert(stream.packets.length >= needed, `${stream.packets.length} packets for ${needed}`);
  const headers: PacketToPage[] = [
    {
      bytes: encodeOpusHead({ ...stream, outputGainQ8: stream.outputGainQ8 ?? 0 }),
      granule: 0,
      endsPage: true,
    },
    { bytes: encodeOpusTags(stream), granule: 0, endsPage: true },
  ];
  const audio = stream.packets.slice(0, needed).map((bytes, index): PacketToPage => {
    assert.equal(opusPacketSamples(bytes), PACKET_SAMPLES, `packet ${index} is not 20 ms long`);
    const isLast = index === needed - 1;
    return {
      bytes,
      granule: isLast ? endGranule : (index + 1) * PACKET_SAMPLES,
      endsPage: isLast || (index + 1) % PACKETS_PER_PAGE === 0,
    };
  });
  const pages = encodeOggPages([...headers, ...audio], { serial: stream.serial, endsStream: true });
  return Buffer.concat(pages);
}

/**
 * The pages that carry `packets`, in order. The first page begins the stream unless `firstSequence` says that pages
 * came before. A packet that does not fit into the rest of a page starts a new one, unless it is longer than a page.
 */
export function encodeOggPages(
  packets: readonly PacketToPage[],
  options: { serial: number; endsStream: boolean; firstSequence?: number },
): Uint8Array[] {
  const pages: Uint8Array[] = [];
  const firstSequence = options.firstSequence ?? 0;
  let lacing: number[] = [];
  let parts: Uint8Array[] = [];
  let granule = OGG_NO_GRANULE;
  let continued = false;

  const endPage = (isLast: boolean, cutsPacket: boolean): void => {
    const sequence = firstSequence + pages.length;
    const flags =
      (continued ? OGG_CONTINUED : 0) |
      (sequence === 0 ? OGG_FIRST : 0) |
      (isLast && options.endsStream ? OGG_LAST : 0);
    const header = { flags, granule, serial: options.serial, sequence };
    pages.push(encodeOggPage(header, Uint8Array.from(lacing), Buffer.concat(parts)));
    lacing = [];
    parts = [];
    granule = OGG_NO_GRANULE;
    continued = cutsPacket;
  };

  for (const [index, packet] of packets.entries()) {
    let values = lacingOf(packet.bytes.length);
    let rest = packet.bytes;
    if (lacing.length > 0 && lacing.length + values.length > MAX_SEGMENTS) endPage(false, false);
    while (values.length > MAX_SEGMENTS) {
      lacing = values.slice(0, MAX_SEGMENTS);
      parts = [rest.subarray(0, MAX_SEGMENTS * 255)];
      rest = rest.subarray(MAX_SEGMENTS * 255);
      values = values.slice(MAX_SEGMENTS);
      endPage(false, true);
    }
    lacing.push(...values);
    parts.push(rest);
    granule = packet.granule;
    const isLast = index === packets.length - 1;
    if (packet.endsPage || isLast) endPage(isLast, false);
  }
  return pages;
}

/** A packet's lacing values: 255 for each full segment, then the rest, which may be 0. */
function lacingOf(length: number): number[] {
  const values = new Array<number>(Math.floor(length / 255)).fill(255);
  values.push(length % 255);
  return values;
}
