/**
 * Ogg bytes into whole packets, of every logical stream in the order in which packets end (RFC 3533 section 6).
 *
 * For files that were read as intact: damaged areas are passed over and the packets they cut are dropped.
 */
import { OGG_CONTINUED, OGG_FIRST, OGG_LAST, OGG_NO_GRANULE } from './ogg-page.ts';
import { type OggPageView, startOggPages } from './ogg-pages.ts';

/** One packet of a logical stream. */
export interface OggPacket {
  readonly serial: number;
  readonly bytes: Uint8Array;
  /** Granule position of the page, on the last packet that ends there; -1 on others. */
  readonly granule: number;
  /** Whether the packet begins the stream. */
  readonly isFirst: boolean;
  /** Whether the packet is the last one on a page that ends the stream. */
  readonly isLast: boolean;
}

/** A demuxer to feed in order. */
export interface OggDemuxer {
  /** The packets that end in `chunk`. */
  push(chunk: Uint8Array): OggPacket[];
  /** The packets that could only be told at the end of the input. */
  finish(): OggPacket[];
}

/** A longer packet is dropped: cover art in a comment header is the largest thing met in practice. */
const MAX_PACKET_BYTES = 64 * 1024 * 1024;
/** More streams at once than any recording has. */
const MAX_STREAMS = 64;

interface PartialPacket {
  parts: Uint8Array[];
  sizeBytes: number;
  isDropped: boolean;
  sequence: number;
}

/** A demuxer that holds back at most one packet of each stream. */
export function startOggDemuxer(): OggDemuxer {
  const streams = new Map<number, PartialPacket>();
  let ready: OggPacket[] = [];
  const reader = startOggPages({
    page: (view) => ready.push(...packetsOf(view, streams)),
    gap: () => undefined,
  });
  const take = (): OggPacket[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  return {
    push(chunk) {
      reader.push(chunk);
      return take();
    },
    finish() {
      reader.finish();
      return take();
    },
  };
}

/** All packets of an Ogg file held in memory. */
export function demuxOggPackets(bytes: Uint8Array): OggPacket[] {
  const demuxer = startOggDemuxer();
  return [...demuxer.push(bytes), ...demuxer.finish()];
}

function packetsOf(view: OggPageView, streams: Map<number, PartialPacket>): OggPacket[] {
  const { header } = view;
  const known = streams.get(header.serial);
  if (!known && streams.size >= MAX_STREAMS) return [];
  const partial = known ?? emptyPacket(header.sequence);
  const isContinued = (header.flags & OGG_CONTINUED) !== 0;
  const isNext = header.sequence === partial.sequence;
  // A first half without its second, or a second half without its first, is no packet.
  if (partial.parts.length > 0 && !(isContinued && isNext)) resetPacket(partial, false);
  else if (isContinued && partial.parts.length === 0) resetPacket(partial, true);

  const packets: { bytes: Uint8Array; isFirst: boolean }[] = [];
  let at = view.bodyAt;
  let size = 0;
  for (let segment = 0; segment < view.segments; segment++) {
    const value = view.bytes[view.lacingAt + segment]!;
    size += value;
    if (value === 255 && segment < view.segments - 1) continue;
    addPart(partial, view.bytes.slice(at, at + size));
    at += size;
    size = 0;
    if (value === 255) continue;
    if (!partial.isDropped)
      packets.push({
        bytes: partial.parts.length === 1 ? partial.parts[0]! : Buffer.concat(partial.parts),
        isFirst: (header.flags & OGG_FIRST) !== 0 && packets.length === 0,
      });
    resetPacket(partial, false);
  }
  partial.sequence = (header.sequence + 1) >>> 0;
  const isEnd = (header.flags & OGG_LAST) !== 0;
  if (isEnd) streams.delete(header.serial);
  else streams.set(header.serial, partial);
  return packets.map((packet, index): OggPacket => {
    const isLastOfPage = index === packets.length - 1;
    return {
      serial: header.serial,
      ...packet,
      granule: isLastOfPage ? header.granule : OGG_NO_GRANULE,
      isLast: isLastOfPage && isEnd,
    };
  });
}

function addPart(partial: PartialPacket, bytes: Uint8Array): void {
  partial.sizeBytes += bytes.length;
  if (partial.sizeBytes > MAX_PACKET_BYTES) resetPacket(partial, true);
  if (!partial.isDropped) partial.parts.push(bytes);
}

function emptyPacket(sequence: number): PartialPacket {
  return { parts: [], sizeBytes: 0, isDropped: false, sequence };
}

function resetPacket(partial: PartialPacket, isDropped: boolean): void {
  partial.parts = [];
  partial.sizeBytes = 0;
  partial.isDropped = isDropped;
}
