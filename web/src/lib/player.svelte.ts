/**
 * The player: one queue and one audio element for the whole visit. The layout owns both, so sound goes on while pages
 * change. Only the browser ever changes it; on the server it is an empty queue.
 */
import { createContext } from 'svelte';
import type { TrackRow } from './views.ts';

/** A track that can be played. */
export type Playable = TrackRow & { stream: NonNullable<TrackRow['stream']> };

/** Sound that is queued, playing or paused. Times in milliseconds. */
export class Player {
  queue: readonly Playable[] = $state.raw([]);
  index = $state(0);
  playing = $state(false);
  atMs = $state(0);
  durationMs = $state(0);
  failed = $state(false);
  /** The track in the player, if any. */
  readonly current: Playable | undefined = $derived(this.queue[this.index]);
  #audio: HTMLAudioElement | undefined;

  /** Takes the one audio element of the page. */
  attach(audio: HTMLAudioElement): void {
    this.#audio = audio;
    this.#connectKeys();
  }

  /** Plays `tracks` from the one at `index`, a share 0–1 into it. */
  play(tracks: readonly Playable[], index: number, share = 0): void {
    this.queue = tracks;
    this.#start(index, share);
  }

  /** Whether the track with `id` is the one in the player. */
  holds(id: string): boolean {
    return this.current?.id === id;
  }

  toggle(): void {
    if (!this.#audio || !this.current) return;
    if (this.#audio.paused) this.#resume();
    else this.#audio.pause();
  }

  next(): void {
    if (this.index + 1 < this.queue.length) this.#start(this.index + 1, 0);
  }

  /** Back to the start of the track, or to the one before when it has hardly begun. */
  previous(): void {
    if (this.atMs > 3000 || this.index === 0) this.seek(0);
    else this.#start(this.index - 1, 0);
  }

  seek(ms: number): void {
    if (!this.#audio) return;
    this.#audio.currentTime = ms / 1000;
    this.atMs = ms;
  }

  /** Takes over what the audio element tells of itself. */
  observe(): void {
    const audio = this.#audio;
    if (!audio) return;
    this.playing = !audio.paused && !audio.ended;
    this.atMs = audio.currentTime * 1000;
    if (Number.isFinite(audio.duration)) this.durationMs = audio.duration * 1000;
  }

  /** The element could not play what it was given. */
  fail(): void {
    this.failed = this.current !== undefined;
    this.playing = false;
  }

  #start(index: number, share: number): void {
    this.index = index;
    const track = this.current;
    if (!this.#audio || !track) return;
    this.failed = false;
    this.durationMs = track.durationMs ?? 0;
    this.#audio.src = `/stream/${track.stream.digest}`;
    this.seek(share * this.durationMs);
    this.#resume();
    this.#describe(track);
  }

  #resume(): void {
    // A refusal to play without a gesture leaves the player paused; an unreadable file raises `error` on the element.
    this.#audio?.play().catch(() => {
      this.playing = false;
    });
  }

  /** Tells the system what plays, for lock screens and media keys. */
  #describe(track: Playable): void {
    if (!('mediaSession' in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: track.title,
      artist: track.artist.name,
      album: track.album?.name ?? '',
      artwork: artworkOf(track.artDigest),
    });
  }

  #connectKeys(): void {
    if (!('mediaSession' in navigator)) return;
    const keys: Record<string, MediaSessionActionHandler> = {
      play: () => this.#resume(),
      pause: () => this.#audio?.pause(),
      nexttrack: () => this.next(),
      previoustrack: () => this.previous(),
      seekto: (details) => this.seek((details.seekTime ?? 0) * 1000),
      seekforward: (details) => this.seek(this.atMs + (details.seekOffset ?? 10) * 1000),
      seekbackward: (details) =>
        this.seek(Math.max(0, this.atMs - (details.seekOffset ?? 10) * 1000)),
    };
    for (const [action, handler] of Object.entries(keys))
      navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler);
  }
}

/** The cover as the system shows it: small in a notification, large on a lock screen. */
function artworkOf(artDigest: string | null): MediaImage[] {
  if (artDigest === null) return [];
  return [160, 600].map((px) => ({
    src: `/art/${artDigest}?size=${px}`,
    sizes: `${px}x${px}`,
    type: 'image/jpeg',
  }));
}

/** The player of the visit: set once by the layout, got by any component. */
export const [getPlayer, setPlayer] = createContext<Player>();

/** The tracks of a list that may be played, in its order. */
export function playable(tracks: readonly TrackRow[]): Playable[] {
  return tracks.filter((track): track is Playable => track.stream !== null);
}
