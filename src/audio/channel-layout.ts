/**
 * Which loudspeaker each channel is for: by the order a format gives its channels, into the order of Vorbis and Opus, and
 * with the weights of the loudness measure.
 *
 * Vorbis I section 4.3.9; RFC 9639 section 9.1.3 for FLAC; WAVEFORMATEXTENSIBLE for WAV; ITU-R BS.1770-5 annex 3.
 */

/** `vorbis`: left, centre, right …; `wave`: left, right, centre, low frequency …; `unknown`: not told. */
export type ChannelOrder = 'vorbis' | 'wave' | 'unknown';

/** For three channels and more: the channel in the order of WAV and FLAC that stands at each place in the order of Vorbis. */
const WAVE_TO_VORBIS: readonly (readonly number[])[] = [
  [0, 2, 1],
  [0, 1, 2, 3],
  [0, 2, 1, 3, 4],
  [0, 2, 1, 4, 5, 3],
  [0, 2, 1, 5, 6, 4, 3],
  [0, 2, 1, 6, 7, 4, 5, 3],
];
/** The masks of WAV that mean the loudspeakers of that order, for three channels and more. */
const WAVE_MASKS: readonly (readonly number[])[] = [
  [0x7],
  [0x33, 0x603],
  [0x37, 0x607],
  [0x3f, 0x60f],
  [0x70f],
  [0x63f],
];
/** How many of the channels in Vorbis order stand in front, by number of channels. */
const FRONT = [1, 2, 3, 2, 3, 3, 3, 3];
/** From six channels on the last one is for low frequencies. */
const LEAST_WITH_LOW_FREQUENCIES = 6;
const MAX_CHANNELS = 8;
/** Loudspeakers beside and behind the listener, as practice has it for all of them. */
const SURROUND_WEIGHT = 1.41;

/** The channels of `order` as Opus wants them, as places in the source; null where it is not known or there are too many. */
export function opusOrder(channels: number, order: ChannelOrder): readonly number[] | null {
  if (channels < 1 || channels > MAX_CHANNELS) return null;
  if (channels <= 2 || order === 'vorbis')
    return Array.from({ length: channels }, (_, place) => place);
  return order === 'wave' ? WAVE_TO_VORBIS[channels - 3]! : null;
}

/** What each channel of a source counts in its loudness; every one once where their loudspeakers are not known. */
export function loudnessWeights(channels: number, order: ChannelOrder): number[] {
  const weights = new Array<number>(channels).fill(1);
  for (const [place, channel] of (opusOrder(channels, order) ?? []).entries()) {
    if (isLowFrequency(place, channels)) weights[channel] = 0;
    else if (place >= FRONT[channels - 1]!) weights[channel] = SURROUND_WEIGHT;
  }
  return weights;
}

/** Whether the channel at `place` in Vorbis order is the one for low frequencies. */
export function isLowFrequency(place: number, channels: number): boolean {
  return channels >= LEAST_WITH_LOW_FREQUENCIES && place === channels - 1;
}

/** The order of a WAV file's channels by its mask, 0 or null where it has none: then the usual loudspeakers are meant. */
export function waveOrder(channels: number, mask: number | null): ChannelOrder {
  if (channels <= 2 || mask === null || mask === 0) return 'wave';
  return WAVE_MASKS[channels - 3]?.includes(mask) ? 'wave' : 'unknown';
}
