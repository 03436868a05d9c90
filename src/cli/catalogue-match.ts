/** What the catalogue knows of an id, whether it is held, and what speaks for its being the same as others: for `show`. */
import type { Archive } from '../archive.ts';
import type { Json } from '../base/canonical-json.ts';
import type { FoundRow, Snapshot } from '../catalogue/snapshot-look-up.ts';
import { mergedId, openSnapshotInUse } from '../cataloguing.ts';
import { foundText } from './catalogue-text.ts';
import type { Reporter } from './reporter.ts';

/** Rows listed as evidence of one kind. */
const MOST_EVIDENCE = 20;

/** Tells of the catalogue's `id`; false when there is no snapshot or it has no such id. */
export async function tellCatalogued(
  archive: Archive,
  id: string,
  reporter: Reporter,
): Promise<boolean> {
  using snapshot = openSnapshotInUse(archive);
  const { ledger } = archive;
  const meant = await mergedId(ledger, id);
  const found = snapshot?.find(meant);
  if (!snapshot || !found) return false;
  const row = rowOf(found);
  const held = (await ledger.matchesWith(row.id)).map(({ trackId, by, score, reason }) => ({
    ...{ trackId, by, score, reason },
  }));
  const merged = await ledger.mergedInto(row.id);
  const evidence = evidenceOf(snapshot, found, id);
  const lines = [
    foundText(found),
    ...(held.length === 0
      ? [line('held', 'no')]
      : held.map(({ trackId, score, reason }) =>
          line('held', `${trackId}, score ${score}: ${reason}`),
        )),
    ...merged.map(({ from, reason }) => line('merged', `${from}: ${reason}`)),
    ...evidence.map(({ kind, id: other }) => line(kind, other)),
  ];
  const json = { ...found, held, merged, evidence } as unknown as { [key: string]: Json };
  reporter.result('catalogue', json, lines.join('\n'));
  return true;
}

/** What the held track `trackId` was matched with, as a line of `show`; none when it was not. */
export async function matchLine({ ledger }: Archive, trackId: string | null): Promise<string[]> {
  const match = trackId === null ? undefined : await ledger.matchOf(trackId);
  return match
    ? [line('catalogue', `${match.catalogueId}, score ${match.score}: ${match.reason}`)]
    : [];
}

interface Evidence {
  readonly kind: 'was' | 'recording' | 'isrc' | 'upc';
  readonly id: string;
}

/** Ids that a source, an ISRC, a UPC or a recording ties to it. None of these merges anything. */
function evidenceOf(snapshot: Snapshot, found: FoundRow, asked: string): Evidence[] {
  const own = rowOf(found).id;
  const evidence: Evidence[] =
    snapshot.currentId(asked) === asked ? [] : [{ kind: 'was', id: asked }];
  const page = { limit: MOST_EVIDENCE };
  const add = (kind: Evidence['kind'], rows: readonly { readonly id: string }[]) => {
    for (const { id } of rows) if (id !== own) evidence.push({ kind, id });
  };
  if (found.kind === 'album' && found.album.upc !== null)
    add('upc', snapshot.albumsByUpc(found.album.upc, page).rows);
  if (found.kind !== 'track') return evidence;
  const { recordingId, isrcs } = found.track;
  add('recording', snapshot.tracksByRecording(recordingId ?? own, page).rows);
  for (const isrc of isrcs) add('isrc', snapshot.tracksByIsrc(isrc, page).rows);
  return evidence;
}

function rowOf(found: FoundRow): { readonly id: string } {
  if (found.kind === 'track') return found.track;
  return found.kind === 'album' ? found.album : found.artist;
}

function line(name: string, text: string): string {
  return `${name.padEnd(11)} ${text}`;
}
