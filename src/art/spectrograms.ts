/** Sounds drawn for whoever looks at a page: one at a time, none longer than an hour, each kept once it is drawn. */
import type { AudioDoor } from '../audio/door.ts';
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';
import { type BUSY, startBoundedWork } from './bounded-work.ts';
import type { PictureCache } from './picture-cache.ts';

/** A sound to draw. */
export interface DrawnSound {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/** Pictures of sounds. */
export interface Spectrograms {
  /** A PNG picture of `sound`; null when it is too long or cannot be decoded, `BUSY` when too many wait. */
  draw(sound: DrawnSound): Promise<Uint8Array | null | typeof BUSY>;
}

/** What drawing works with. */
export interface SpectrogramDeps {
  readonly ledger: Pick<Ledger, 'isWithdrawn'>;
  readonly store: Pick<Store, 'read'>;
  readonly cache: PictureCache;
  audio(): Promise<Pick<AudioDoor, 'spectrogram'>>;
}

/** An hour takes some 10 seconds of a core; who wants longer ones drawn has the command. */
const MAX_DURATION_MS = 3_600_000;
/** Half a core is left for what the archive is for. */
const LIMITS = { running: 1, waiting: 8 };
const MAX_REFUSED = 10_000;
/** Raised when the picture changes (docs/formats/features.md). */
const PICTURE_VERSION = 1;

/** Whether a sound of `durationMs` is drawn at all. */
export function isDrawable(durationMs: number | undefined): boolean {
  return durationMs !== undefined && durationMs > 0 && durationMs <= MAX_DURATION_MS;
}

/** Spectrograms over `deps`. */
export function openSpectrograms(deps: SpectrogramDeps): Spectrograms {
  const work = startBoundedWork<Uint8Array | null>(LIMITS);
  const refused = new Set<string>();
  return {
    async draw({ digest, sizeBytes, durationMs }) {
      if (!isDrawable(durationMs) || refused.has(digest)) return null;
      const key = `spectrogram/${PICTURE_VERSION} ${digest}`;
      const kept = deps.cache.get(key);
      if (kept) return kept;
      return work.run(key, async () => {
        const door = await deps.audio();
        const source = { sizeBytes, chunks: () => deps.store.read(digest) };
        const attempt = await door.spectrogram(source, { subject: digest });
        if (attempt.ok) {
          if (!(await deps.ledger.isWithdrawn(digest))) deps.cache.put(key, attempt.value);
          return attempt.value;
        }
        const { code, seen } = attempt.finding;
        if (!/^(?:AUDIO|SUBPROCESS)_/.test(code)) throw new FonotecaError(code, seen);
        if (refused.size < MAX_REFUSED) refused.add(digest);
        return null;
      });
    },
  };
}
