/**
 * Stable ids: text, namespaced by source (`local:…`, `mbid:…`, `isrc:…`).
 *
 * A `local:` id is made from digests alone, so that any two archives name the same thing alike: a track's from the
 * digest of its original, an album's and an artist's from their folded names.
 */
import { type Digest, sha256 } from '../base/digest.ts';
import { foldText } from './fold.ts';

/** The pattern of every id that may come in from outside; nothing else reaches a look-up. */
export const STABLE_ID = /^(?:local:[0-9a-f]{24}|mbid:[0-9a-f-]{36}|isrc:[A-Z0-9]{12})$/;

/** The `local:` id of the track whose original has `digest`: its first 24 hex digits. */
export function trackIdOf(digest: Digest): string {
  return `local:${digest.slice(0, 24)}`;
}

/** The `local:` id of an artist by name. */
export function artistIdOf(name: string): string {
  return localId('artist', [name]);
}

/** The `local:` id of an album by its artist and title. */
export function albumIdOf(albumArtist: string, title: string): string {
  return localId('album', [albumArtist, title]);
}

/** `text` as an ISRC of 12 characters without hyphens (ISO 3901), or undefined when it is none. */
export function parseIsrc(text: string): string | undefined {
  const isrc = text.replaceAll(/[\s-]/g, '').toUpperCase();
  return /^[A-Z]{2}[A-Z0-9]{3}\d{7}$/.test(isrc) ? isrc : undefined;
}

function localId(kind: string, names: readonly string[]): string {
  return `local:${sha256([kind, ...names.map(foldText)].join('\u0000')).slice(0, 24)}`;
}
