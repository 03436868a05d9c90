/** What the catalogue knows of an id, whether it is held, and what speaks for its being the same as others: for `show`. */
import type { Archive } from '../archive.ts';
import type { Json } from '../base/canonical-json.ts';
import { evidenceOf, idOf } from '../catalogue/evidence.ts';
import { lookUpAny, stableIdOf } from '../catalogue/look-up-any.ts';
import { mergedId, openSnapshotInUse } from '../cataloguing.ts';
import { foundText, recordingText } from './catalogue-text.ts';
import type { Reporter } from './reporter.ts';

/** Tracks of a recording that are listed. */
const MOST_TRACKS = 20;

/** Tells of the catalogue's `id`; false when there is no snapshot or it has no such id. */
export async function tellCatalogued(
  archive: Archive,
  id: string,
  reporter: Reporter,
): Promise<boolean> {
  using snapshot = openSnapshotInUse(archive);
  const { ledger } = archive;
  const meant = await mergedId(ledger, stableIdOf(id));
  const looked = snapshot && lookUpAny(snapshot, { asked: id, meant }, { limit: MOST_TRACKS });
  if (!snapshot || !looked) return false;
  if (looked.kind === 'isrc' || looked.kind === 'upc') {
    for (const row of [...looked.tracks, ...looked.albums])
      await tellCatalogued(archive, row.id, reporter);
    return true;
  }
  if (!looked.found) return false;
  const { kind, found, tracks } = looked;
  const isRecording = kind === 'recording';
  const matches = await Promise.all(
    (isRecording ? tracks.map((track) => track.id) : [idOf(found)]).map((own) =>
      ledger.matchesWith(own),
    ),
  );
  const held = matches.flat().map(({ trackId, by, score, reason }) => ({
    ...{ trackId, by, score, reason },
  }));
  const merged = await ledger.mergedInto(idOf(found));
  // What a recording has in common with its tracks is that it is they.
  const evidence = isRecording ? [] : evidenceOf(snapshot, found, id);
  const lines = [
    isRecording ? recordingText(meant, tracks) : foundText(found),
    ...(held.length === 0
      ? [line('held', 'no')]
      : held.map(({ trackId, score, reason }) =>
          line('held', `${trackId}, score ${score}: ${reason}`),
        )),
    ...merged.map(({ from, reason }) => line('merged', `${from}: ${reason}`)),
    ...evidence.map(({ kind, id: other }) => line(kind, other)),
  ];
  const shown = isRecording ? { kind, id: meant, tracks } : found;
  const json = { ...shown, held, merged, evidence } as unknown as { [key: string]: Json };
  reporter.result('known', json, lines.join('\n'));
  return true;
}

/** What the held track `trackId` was matched with, as a line of `show`; none when it was not. */
export async function matchLine({ ledger }: Archive, trackId: string | null): Promise<string[]> {
  const match = trackId === null ? undefined : await ledger.matchOf(trackId);
  return match
    ? [line('catalogue', `${match.catalogueId}, score ${match.score}: ${match.reason}`)]
    : [];
}

function line(name: string, text: string): string {
  return `${name.padEnd(11)} ${text}`;
}
