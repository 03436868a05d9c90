/**
 * Whether a newer state of the same sources is so much larger or smaller than the snapshot in use that a person should look
 * first: a dump that was cut short, or a million rows that nobody knows. Other sources are a wish of the person's own.
 */
import type { Manifest } from '../catalogue/manifest.ts';
import { ROW_KINDS } from './row-kinds.ts';

/** What rows of a kind may grow or shrink by, between two dumps of the same sources. */
const MOST_CHANGE = 0.2;
/** Fewer rows may change as they like. */
const LEAST_ROWS = 1000;

/** The kinds that changed too much, in words such as `tracks 5000, were 9000`; null where none did. */
export function largeChange(inUse: Manifest, next: Manifest): string | null {
  if (sourcesOf(inUse).symmetricDifference(sourcesOf(next)).size > 0) return null;
  const told = ROW_KINDS.filter((kind) => {
    const [before, after] = [inUse.rows[kind], next.rows[kind]];
    return before >= LEAST_ROWS && Math.abs(after - before) > before * MOST_CHANGE;
  }).map((kind) => `${kind} ${next.rows[kind]}, were ${inUse.rows[kind]}`);
  return told.length === 0 ? null : told.join('; ');
}

function sourcesOf({ sources }: Manifest): Set<string> {
  return new Set(sources.map(({ source }) => source));
}
