/**
 * What the revisions of a generated catalogue change: each further one 2 % of the tracks in one value, and the ids of 0.5 %,
 * whose old ids are redirected. Ids, albums and artists of all others stay.
 */
import { DRAWS, type Draws } from './draws.ts';

/** Of a track, the revision that last changed each of these; 1 where none did. */
export interface TrackChanges {
  readonly id: number;
  readonly title: number;
  readonly duration: number;
  readonly popularity: number;
  readonly explicit: number;
}

const CHANGED_SHARE = 0.02;
const REDIRECTED_SHARE = 0.005;
const UNCHANGED: TrackChanges = { id: 1, title: 1, duration: 1, popularity: 1, explicit: 1 };

/** The changes of the track with this number up to `revision`. */
export function changesOf(number: number, revision: number, draws: Draws): TrackChanges {
  let changes = UNCHANGED;
  for (let at = 2; at <= revision; at += 1) {
    draws.start(DRAWS.change ^ Math.imul(at, 0x9e3779b1), number);
    const part = draws.unit();
    if (part >= CHANGED_SHARE + REDIRECTED_SHARE) continue;
    if (part >= CHANGED_SHARE) changes = { ...changes, id: at };
    else changes = { ...changes, [whatChanges(draws.below(100))]: at };
  }
  return changes;
}

/** The revisions up to `revision` that gave the track a new id, ascending. */
export function redirectionsOf(number: number, revision: number, draws: Draws): number[] {
  const found: number[] = [];
  for (let at = 2; at <= revision; at += 1)
    if (changesOf(number, at, draws).id === at) found.push(at);
  return found;
}

function whatChanges(part: number): Exclude<keyof TrackChanges, 'id'> {
  if (part < 50) return 'popularity';
  if (part < 70) return 'title';
  return part < 85 ? 'duration' : 'explicit';
}
