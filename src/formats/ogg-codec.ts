/**
 * What each codec in Ogg lays down for its packets: which are headers, what of them is sound, how long a packet lasts
 * (Vorbis I specification section 4 and appendix A.2; RFC 7845; RFC 9639 section 10.1).
 */
import type { AudioHasher } from './audio-digest.ts';
import type { AudioFormat } from './audio-verdict.ts';
import { decodeStreamInfo, type FlacStreamInfo } from './flac-metadata.ts';
import { decodeOpusHead, OPUS_RATE_HZ, opusSamplesOf } from './opus-headers.ts';
import { decodeVorbisComment } from './vorbis-comment.ts';
import {
  decodeVorbisIdentification,
  decodeVorbisModes,
  isVorbisHeader,
  vorbisBlockSize,
} from './vorbis-headers.ts';

/** The beginning and the length of an audio packet. */
export interface PacketHead {
  readonly first: number;
  readonly second: number;
  readonly sizeBytes: number;
}

/** A header that cannot be used, or one that is odd. */
export interface HeaderProblem {
  readonly isFatal: boolean;
  readonly detail: string;
}

/** The codec of one logical stream. */
export interface OggCodec {
  readonly format: AudioFormat;
  /** Name in the audio digest. */
  readonly label: string;
  /** Channels and rate; null until the first header is read. */
  facts(): { channels: number; sampleRateHz: number; bitsPerSample: number | null } | null;
  /** Granules that are decoded and dropped at the start. */
  preSkip(): number;
  /** Takes header packet `index`; feeds what of it is sound to `hasher`. */
  header(index: number, packet: Uint8Array, hasher: AudioHasher | null): HeaderProblem | null;
  /** Whether packet `index`, beginning with `first`, is a header. */
  isHeader(index: number, first: number): boolean;
  /** Samples that an audio packet adds to the granule position; null when it cannot be told. */
  packetSamples(head: PacketHead): number | null;
  /** STREAMINFO, where audio packets are FLAC frames to decode. */
  streamInfo?(): FlacStreamInfo | null;
}

/** The codec whose first packet begins `body`, or null for one that is not read here. */
export function oggCodecOf(body: Uint8Array): OggCodec | null {
  const mark = Buffer.from(body.subarray(0, 8)).toString('latin1');
  if (mark.startsWith('\x01vorbis')) return vorbisCodec();
  if (mark === 'OpusHead') return opusCodec();
  if (mark.startsWith('\x7fFLAC')) return flacCodec();
  return null;
}

/** A name for the stream that `body` begins, for messages. */
export function oggStreamName(body: Uint8Array): string {
  const mark = Buffer.from(body.subarray(0, 8)).toString('latin1');
  const names: readonly [string, string][] = [
    ['\x01vorbis', 'Vorbis'],
    ['OpusHead', 'Opus'],
    ['\x7fFLAC', 'FLAC'],
    ['Speex', 'Speex'],
    ['\x80theora', 'Theora video'],
    ['fishead', 'Skeleton'],
  ];
  return names.find(([start]) => mark.startsWith(start))?.[1] ?? 'an unknown stream';
}

function vorbisCodec(): OggCodec {
  let identification: ReturnType<typeof decodeVorbisIdentification> = null;
  let modes: boolean[] | null = null;
  let previousBlock = 0;
  return {
    format: 'ogg-vorbis',
    label: 'vorbis',
    facts: () => identification && { ...identification, bitsPerSample: null },
    preSkip: () => 0,
    isHeader: (index) => index < 3,
    header(index, packet, hasher) {
      if (index !== 1) {
        hasher?.add(packet);
        hasher?.endUnit();
      }
      if (index === 0) {
        identification = decodeVorbisIdentification(packet);
        return identification ? null : fatal('the identification header');
      }
      if (index === 1)
        return isVorbisHeader(packet, 3)
          ? commentProblem(packet, 7)
          : fatal('the second packet is no comment header');
      if (!isVorbisHeader(packet, 5)) return fatal('the third packet is no setup header');
      modes = decodeVorbisModes(packet);
      return modes ? null : { isFatal: false, detail: 'the modes in the setup header' };
    },
    packetSamples({ first, sizeBytes }) {
      if (!modes || !identification) return null;
      // An empty packet is silence of no length in practice: decoders pass over it.
      if (sizeBytes === 0) return 0;
      const block = vorbisBlockSize(first, modes, identification.blockSizes);
      if (block === 0) return 0;
      const samples = previousBlock === 0 ? 0 : (previousBlock + block) / 4;
      previousBlock = block;
      return samples;
    },
  };
}

function opusCodec(): OggCodec {
  let head: ReturnType<typeof decodeOpusHead> = null;
  return {
    format: 'ogg-opus',
    label: 'opus',
    facts: () =>
      head && { channels: head.channels, sampleRateHz: OPUS_RATE_HZ, bitsPerSample: null },
    preSkip: () => head?.preSkip ?? 0,
    isHeader: (index) => index < 2,
    header(index, packet, hasher) {
      if (index === 1) {
        const isTags = Buffer.from(packet.subarray(0, 8)).toString('latin1') === 'OpusTags';
        return isTags ? commentProblem(packet, 8) : fatal('the second packet is not OpusTags');
      }
      head = decodeOpusHead(packet);
      // Loudness tools write the output gain like a tag, so it is no part of the sound's identity.
      const withoutGain = new Uint8Array(packet);
      withoutGain.fill(0, 16, 18);
      hasher?.add(withoutGain);
      hasher?.endUnit();
      return head ? null : fatal('OpusHead');
    },
    packetSamples: (head) => (head.sizeBytes === 0 ? 0 : opusSamplesOf(head)),
  };
}

/** FLAC in Ogg has the digest of the same frames in a FLAC file. */
function flacCodec(): OggCodec {
  let info: FlacStreamInfo | null = null;
  return {
    format: 'ogg-flac',
    label: 'flac',
    facts: () => info,
    preSkip: () => 0,
    isHeader: (index, first) => index === 0 || first !== 0xff,
    header(index, packet, hasher) {
      if (index === 0) {
        // 0x7f "FLAC", version 2 bytes, header count 2 bytes, "fLaC", block header 4 bytes, STREAMINFO.
        info = decodeStreamInfo(packet, 17);
        if (info) {
          hasher?.add(info.bytes);
          hasher?.endUnit();
        }
        return info ? null : fatal('the first packet holds no STREAMINFO');
      }
      return (packet[0]! & 0x7f) === 4 ? commentProblem(packet, 4) : null;
    },
    packetSamples: () => null,
    streamInfo: () => info,
  };
}

function commentProblem(packet: Uint8Array, start: number): HeaderProblem | null {
  const comment = decodeVorbisComment(packet, start);
  if (!comment.cutShort && comment.refusedFields === 0) return null;
  return { isFatal: false, detail: 'the comment header' };
}

function fatal(detail: string): HeaderProblem {
  return { isFatal: true, detail };
}
