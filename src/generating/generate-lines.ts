/**
 * The generated catalogue as JSON lines: the same rows for the same seed and revision, each following from its number
 * alone, so that any stretch can be made without what is before it.
 */
import type { GeneratedKind } from './generated-columns.ts';

/** Which catalogue is generated. */
export interface GeneratedCatalogue {
  /** Another seed gives other titles, names, ids and values of the same shape. */
  readonly seed: number;
  /** How many tracks it has; albums and artists follow. */
  readonly rows: number;
  /** 1 is the first; each further one changes 2 % of the tracks and redirects 0.5 % to new ids. */
  readonly revision: number;
}

/** Chunks of whole JSON lines, of about 256 KiB. */
export type GenerateLines = (
  catalogue: GeneratedCatalogue,
  kind: GeneratedKind,
  /** Tracks by number; albums and artists whose first track is among them, redirects of them. */
  tracks: { readonly from: number; readonly to: number },
) => Generator<Uint8Array>;
