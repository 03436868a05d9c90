/** The gain of an album: what its tracks have in loudness when heard as one (RFC 7845 section 5.2.1, docs/formats/derivative.md). */
import { albumLufs, type TrackLoudness } from '../audio/album-loudness.ts';
import { gainQ8 } from '../audio/opus-comments.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';

/** Tells the gain of one album after another; what was told is kept for the length of a run. */
export type AlbumGains = (albumId: string) => Promise<number | null>;

/**
 * Gains of the albums in `ledger`, in 1/256 dB: over all tracks that are held and not withdrawn, each once. Null where a
 * track was not measured, since a gain over some of the tracks would be that of another album, and for silence.
 */
export function startAlbumGains(
  ledger: Pick<Ledger, 'tracksOfAlbum' | 'holdingsOfTrack'>,
): AlbumGains {
  const known = new Map<string, Promise<number | null>>();
  return (albumId) => {
    const gain = known.get(albumId) ?? gainOf(albumId, ledger);
    known.set(albumId, gain);
    return gain;
  };
}

async function gainOf(
  albumId: string,
  ledger: Pick<Ledger, 'tracksOfAlbum' | 'holdingsOfTrack'>,
): Promise<number | null> {
  const tracks: TrackLoudness[] = [];
  for (const track of await ledger.tracksOfAlbum(albumId)) {
    const heard = (await ledger.holdingsOfTrack(track.id)).filter((one) => !one.withdrawn);
    if (heard.length === 0) continue;
    const loudness = heard.map(loudnessOf).find((one) => one !== null);
    if (!loudness) return null;
    tracks.push(loudness);
  }
  return gainQ8(albumLufs(tracks));
}

function loudnessOf({ technical }: HeldHolding): TrackLoudness | null {
  if (technical?.loudnessHistogram === undefined) return null;
  return {
    integratedLufs: technical.loudnessLufs ?? null,
    histogram: technical.loudnessHistogram,
  };
}
