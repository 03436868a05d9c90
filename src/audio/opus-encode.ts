/**
 * Sound at 48 kHz into Opus packets, and packets into the pages of an Ogg Opus file.
 *
 * Packets of 20 ms from libopus (WASM, shared by the process: it sees numbers, never foreign bytes) are kept end to
 * end in memory, 34 MB an hour at 75 kbit/s, because the comment header comes first in the file and names a loudness
 * that is only known at the end. Layout of the file: RFC 7845, docs/formats/derivative.md.
 */
import { createEncoder, loadLibopus, type OpusEncoderHandle } from 'libopus-wasm';
import { encodeOggPages, type PacketToPage } from '../formats/ogg-muxer.ts';
import { encodeOpusHead, encodeOpusTags, OPUS_RATE_HZ } from '../formats/opus-headers.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import { interleave } from './pcm.ts';

/** What is chosen when encoding; equal settings and sound give equal packets. */
export interface OpusSettings {
  readonly bitrateBps: number;
  /** Effort of libopus, 0 to 10. */
  readonly complexity: number;
}

/** The derivative tier's settings: about 75 kbit/s, variable rate, full effort. */
export const OPUS_SETTINGS: OpusSettings = { bitrateBps: 75_000, complexity: 10 };

/** What is written around the packets. */
export interface OpusWrapping {
  readonly serial: number;
  readonly inputSampleRateHz: number;
  readonly comments: readonly CommentField[];
}

/** An encoder being fed. */
export interface OpusEncoding extends Disposable {
  /** Takes blocks of any length at 48 kHz, one array a channel. */
  push(channels: readonly Float32Array[]): void;
  /** Ends the sound and returns the pages of the whole file, in order. */
  finish(wrapping: OpusWrapping): Iterable<Uint8Array>;
}

const FRAME_SAMPLES = 960;
/** One second a page, as `muxOpus` does. */
const PACKETS_PER_PAGE = OPUS_RATE_HZ / FRAME_SAMPLES;

/** The vendor text of every file from this encoder: the version of libopus inside. */
export async function opusVendor(): Promise<string> {
  return (await loadLibopus()).version;
}

/** An Opus encoder for `channels` channels at 48 kHz. */
export async function startOpusEncoding(
  channels: 1 | 2,
  settings: OpusSettings = OPUS_SETTINGS,
): Promise<OpusEncoding> {
  const vendor = await opusVendor();
  const encoder = await createEncoder({
    channels,
    sampleRate: OPUS_RATE_HZ,
    bitrate: settings.bitrateBps,
    complexity: settings.complexity,
    frameSize: FRAME_SAMPLES,
    vbr: true,
    vbrConstraint: false,
  });
  const preSkip = encoder.getLookahead();
  const packets = startPacketList();
  const feed = startFraming(encoder, channels, packets);
  let samples = 0;
  return {
    push(block) {
      samples += block[0]?.length ?? 0;
      feed(interleave(block));
    },
    finish(wrapping) {
      // The look-ahead holds back the last samples: zeros push them out and fill the last packet.
      const held = preSkip + samples;
      const end = Math.max(1, Math.ceil(held / FRAME_SAMPLES)) * FRAME_SAMPLES;
      feed(new Float32Array((end - samples) * channels));
      return opusPages(packets, { ...wrapping, channels, preSkip, samples, vendor });
    },
    [Symbol.dispose]() {
      encoder.free();
    },
  };
}

/** A function that takes woven samples of any count and encodes each full frame of them. */
function startFraming(
  encoder: OpusEncoderHandle,
  channels: number,
  packets: PacketList,
): (woven: Float32Array) => void {
  const frame = new Float32Array(FRAME_SAMPLES * channels);
  let filled = 0;
  return (woven) => {
    let at = 0;
    while (at < woven.length) {
      const count = Math.min(woven.length - at, frame.length - filled);
      frame.set(woven.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < frame.length) continue;
      packets.add(encoder.encodeFloat(frame));
      filled = 0;
    }
  };
}

interface OpusFile extends OpusWrapping {
  readonly channels: 1 | 2;
  readonly preSkip: number;
  readonly samples: number;
  readonly vendor: string;
}

/** The pages of an Ogg Opus file over `packets`; the last granule position trims what was only padding. */
function* opusPages(packets: PacketList, file: OpusFile): Iterable<Uint8Array> {
  const { serial, preSkip, samples } = file;
  const head = encodeOpusHead({ ...file, outputGainQ8: 0 });
  const headers: PacketToPage[] = [
    { bytes: head, granule: 0, endsPage: true },
    { bytes: encodeOpusTags(file), granule: 0, endsPage: true },
  ];
  let sequence = 0;
  const paged = (page: readonly PacketToPage[], endsStream: boolean): Uint8Array[] => {
    const pages = encodeOggPages(page, { serial, endsStream, firstSequence: sequence });
    sequence += pages.length;
    return pages;
  };
  yield* paged(headers, false);
  const count = Math.max(1, Math.ceil((preSkip + samples) / FRAME_SAMPLES));
  let page: PacketToPage[] = [];
  for (let index = 0; index < count; index += 1) {
    const isLast = index === count - 1;
    const granule = isLast ? preSkip + samples : (index + 1) * FRAME_SAMPLES;
    page.push({ bytes: packets.at(index), granule, endsPage: false });
    if (!isLast && page.length < PACKETS_PER_PAGE) continue;
    yield* paged(page, isLast);
    page = [];
  }
}

interface PacketList {
  add(packet: Uint8Array): void;
  at(index: number): Uint8Array;
}

/** Packets end to end in blocks, since half a million small arrays would cost more than their bytes. */
function startPacketList(): PacketList {
  const blockBytes = 1 << 20;
  const blocks: Uint8Array[] = [];
  const starts: number[] = [];
  let used = blockBytes;
  return {
    add(packet) {
      if (used + packet.length > blockBytes) {
        blocks.push(new Uint8Array(blockBytes));
        used = 0;
      }
      const block = blocks.length - 1;
      blocks[block]!.set(packet, used);
      starts.push(block * blockBytes + used, packet.length);
      used += packet.length;
    },
    at(index) {
      const start = starts[2 * index]!;
      const offset = start % blockBytes;
      return blocks[(start - offset) / blockBytes]!.subarray(
        offset,
        offset + starts[2 * index + 1]!,
      );
    },
  };
}
