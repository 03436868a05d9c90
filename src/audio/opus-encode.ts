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
import { joinStreams, opusMapping } from '../formats/opus-mapping.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import { OPUS_SETTINGS, type OpusSettings, streamsOf } from './opus-settings.ts';
import { interleave } from './pcm.ts';

/** What is written around the packets. */
export interface OpusWrapping {
  readonly serial: number;
  readonly inputSampleRateHz: number;
  readonly comments: readonly CommentField[];
}

/** An encoder being fed. */
export interface OpusEncoding extends Disposable {
  /** Takes blocks of any length at 48 kHz, one array a channel, in the order of Vorbis. */
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

/** An Opus encoder for `channels` channels, one to eight, at 48 kHz. */
export async function startOpusEncoding(
  channels: number,
  settings: OpusSettings = OPUS_SETTINGS,
): Promise<OpusEncoding> {
  const mapping = opusMapping(channels);
  if (!mapping) throw new RangeError(`${channels} channels; one to eight are encoded`);
  const vendor = await opusVendor();
  const streams: StreamEncoding[] = [];
  for (const { places, bitrateBps } of streamsOf(mapping, settings.bitrateBps))
    streams.push(startStream(await startEncoder(places.length, bitrateBps, settings), places));
  const preSkip = streams[0]!.preSkip;
  const packets = startPacketList();
  const feed = (block: readonly Float32Array[]) => {
    const parts = streams.map((stream) => stream.push(block));
    for (const index of parts[0]!.keys())
      packets.add(joinStreams(parts.map((each) => each[index]!)));
  };
  let samples = 0;
  return {
    push(block) {
      samples += block[0]?.length ?? 0;
      feed(block);
    },
    finish(wrapping) {
      // The look-ahead holds back the last samples: zeros push them out and fill the last packet.
      const held = preSkip + samples;
      const end = Math.max(1, Math.ceil(held / FRAME_SAMPLES)) * FRAME_SAMPLES;
      const silence = new Float32Array(end - samples);
      feed(mapping.table.map(() => silence));
      return opusPages(packets, { ...wrapping, channels, preSkip, samples, vendor });
    },
    [Symbol.dispose]() {
      for (const stream of streams) stream.free();
    },
  };
}

function startEncoder(
  channels: number,
  bitrate: number,
  { complexity }: OpusSettings,
): Promise<OpusEncoderHandle> {
  return createEncoder({
    channels: channels === 1 ? 1 : 2,
    sampleRate: OPUS_RATE_HZ,
    bitrate,
    complexity,
    frameSize: FRAME_SAMPLES,
    vbr: true,
    vbrConstraint: false,
  });
}

interface StreamEncoding {
  readonly preSkip: number;
  /** Takes a block of all channels and returns the packets that are full with it. */
  push(block: readonly Float32Array[]): Uint8Array[];
  free(): void;
}

/** The stream of the channels at `places`. */
function startStream(encoder: OpusEncoderHandle, places: readonly number[]): StreamEncoding {
  const frame = new Float32Array(FRAME_SAMPLES * places.length);
  let filled = 0;
  return {
    preSkip: encoder.getLookahead(),
    push(block) {
      const woven = interleave(places.map((place) => block[place]!));
      const packets: Uint8Array[] = [];
      let at = 0;
      while (at < woven.length) {
        const count = Math.min(woven.length - at, frame.length - filled);
        frame.set(woven.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled < frame.length) continue;
        packets.push(encoder.encodeFloat(frame));
        filled = 0;
      }
      return packets;
    },
    free: () => encoder.free(),
  };
}

interface OpusFile extends OpusWrapping {
  readonly channels: number;
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
