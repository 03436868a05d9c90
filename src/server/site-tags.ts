/** What the files of a track said in their own words when they were taken in: evidence, shown where the files are. */
import type { Digest } from '../base/digest.ts';
import type { TagEvidence } from '../model/tag-evidence.ts';
import { filesOf } from './site-files.ts';
import type { SiteSources } from './site-sources.ts';
import type { TrackTagsView } from './views.ts';

/** The native tags of the originals of the track with `id` that may be heard or taken, or undefined when there are none. */
export async function trackTagsView(
  sources: SiteSources,
  id: string,
): Promise<TrackTagsView | undefined> {
  const held = await sources.ledger.holdingsOfTrack(id);
  const open = new Set<Digest>();
  for (const file of await filesOf(sources, held))
    if (file.mayStream || file.mayTake) open.add(file.holding.digest);
  if (open.size === 0) return undefined;
  const files = [];
  for (const digest of open) {
    const { native, notes } = await evidenceOf(sources, digest);
    files.push({
      digest,
      native: native.map(({ kind, fields }) => ({
        kind,
        fields: fields.map(([name, value]) => ({ name, value })),
      })),
      notes,
    });
  }
  return { files };
}

/** What was read when the file was taken in last. */
async function evidenceOf({ ledger }: SiteSources, digest: Digest): Promise<TagEvidence> {
  const none: TagEvidence = { native: [], notes: [] };
  return (await ledger.historyOf(digest)).reduce(
    (latest, { fact }) =>
      fact.kind === 'holding-added' && fact.tagEvidence ? fact.tagEvidence : latest,
    none,
  );
}
