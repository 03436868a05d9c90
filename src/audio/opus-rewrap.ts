/**
 * Opus packets of another program's Ogg file in pages of our own: serial, comments and length are ours, and nothing of the
 * other's wrapping is kept but its pre-skip and the name of its encoder.
 */
import { FonotecaError } from '../base/errors.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { muxOpus } from '../formats/ogg-muxer.ts';
import { decodeOpusHead, OPUS_RATE_HZ } from '../formats/opus-headers.ts';
import { type CommentField, decodeVorbisComment } from '../formats/vorbis-comment.ts';
import { serialOf } from './derivative.ts';

/** What is known of the source that the packets were made of. */
export interface RewrapSource {
  readonly sourceDigest: string;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Samples of the source by our own reading; null where it states none. */
  readonly samples: number | null;
  readonly comments: readonly CommentField[];
}

/** A derivative's bytes and the samples at 48 kHz to be heard. */
export interface RewrappedOpus {
  readonly bytes: Uint8Array;
  readonly samples48k: number;
}

const PACKET_SAMPLES = 960;

/**
 * The file made of the packets in `ogg`, as long as the source says it is: a surplus at its end is trimmed.
 * `AUDIO_UNDECODABLE` where there is no sound, less of it than the source has, or other channels.
 */
export function rewrapOpus(ogg: Uint8Array, source: RewrapSource): RewrappedOpus {
  const [first, second, ...audio] = demuxOggPackets(ogg);
  const head = first && decodeOpusHead(first.bytes);
  const end = audio.at(-1)?.granule ?? 0;
  if (!head || !second || end <= head.preSkip) throw undecodable('ffmpeg gave no sound');
  if (head.channels !== source.channels)
    throw undecodable(`ffmpeg gave ${head.channels} channels of ${source.channels}`);
  const given = Math.min(end, audio.length * PACKET_SAMPLES) - head.preSkip;
  const wanted =
    source.samples === null
      ? given
      : Math.round((source.samples * OPUS_RATE_HZ) / source.sampleRateHz);
  if (given < wanted) throw undecodable(`ffmpeg gave ${given} samples of ${wanted}`);
  const bytes = muxOpus({
    serial: serialOf(source.sourceDigest),
    channels: source.channels,
    preSkip: head.preSkip,
    inputSampleRateHz: source.sampleRateHz,
    samples48k: wanted,
    packets: audio.map((packet) => packet.bytes),
    comments: source.comments,
    vendor: decodeVorbisComment(second.bytes, 8).vendor,
  });
  return { bytes, samples48k: wanted };
}

function undecodable(seen: string): FonotecaError {
  return new FonotecaError('AUDIO_UNDECODABLE', seen);
}
