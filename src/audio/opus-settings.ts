/** What is chosen when encoding to Opus, and what that makes of files of several streams. */
import { type OpusMapping, opusMapping } from '../formats/opus-mapping.ts';
import { isLowFrequency } from './channel-layout.ts';

/** What is chosen when encoding; equal settings and sound give equal packets. */
export interface OpusSettings {
  /** Of mono, and of each pair of channels. */
  readonly bitrateBps: number;
  /** Effort of libopus, 0 to 10. */
  readonly complexity: number;
}

/** The derivative tier's settings: about 75 kbit/s, variable rate, full effort. */
export const OPUS_SETTINGS: OpusSettings = { bitrateBps: 75_000, complexity: 10 };

/** One stream of a file. */
export interface OpusStreamSettings {
  readonly places: readonly number[];
  readonly bitrateBps: number;
}

/** The bit rate of a file of `channels` channels: a pair has all of it, beside pairs a centre 60 %, low frequencies 40 %. */
export function fileBitrateBps(
  channels: number,
  { bitrateBps }: Pick<OpusSettings, 'bitrateBps'>,
): number {
  return streamsOf(opusMapping(channels)!, bitrateBps).reduce(
    (sum, one) => sum + one.bitrateBps,
    0,
  );
}

/** Each stream's channels, as places in the order of Vorbis, and its bit rate, of which `bitrateBps` is that of a pair. */
export function streamsOf(
  { streams, coupled, table }: OpusMapping,
  bitrateBps: number,
): OpusStreamSettings[] {
  return Array.from({ length: streams }, (_, stream) => {
    const first = stream < coupled ? 2 * stream : coupled + stream;
    const places = stream < coupled ? [first, first + 1] : [first];
    const channels = places.map((place) => table.indexOf(place));
    return {
      places: channels,
      bitrateBps: Math.round(bitrateBps * shareOf(channels, table.length)),
    };
  });
}

function shareOf(channels: readonly number[], count: number): number {
  if (channels.length === 2 || count === 1) return 1;
  return isLowFrequency(channels[0]!, count) ? 0.4 : 0.6;
}
