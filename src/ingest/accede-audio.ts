/**
 * One audio file from staging to holding: its bytes durable first, then its facts, then its acknowledgement.
 *
 * Bytes that are held already become a second place. Sound that is held already, at a path whose tags changed or that
 * moved, becomes a second original of the same track.
 */
import type { Digest } from '../base/digest.ts';
import { albumArtistOf, type Description } from '../model/description.ts';
import type { Fact } from '../model/fact.ts';
import type { Holding } from '../model/holding.ts';
import { albumIdOf, trackIdOf } from '../model/ids.ts';
import type { PlannedFile } from './add-plan.ts';
import {
  type AddSession,
  fileRead,
  heldHolding,
  reportDark,
  rowSource,
  statementOf,
} from './add-session.ts';
import { audioMime, extensionOf } from './classify.ts';
import { describeByRow, describeFile, sameDescription } from './describe.ts';
import { placeKey } from './match-table.ts';
import type { ReadAudio } from './read-audio.ts';
import { mergeStatements, recordedStatement, resolveRights } from './resolve-rights.ts';
import type { ScannedFile } from './scan-folder.ts';
import type { StagedFile } from './stage-file.ts';

/** Below this a listener hears a click; it may be meant. */
const SHORT_MS = 1000;

/** Holds the audio of `file`, as read into `staged` and told by `audio`. Throws only for what is wrong with the archive. */
export async function accedeAudio(
  session: AddSession,
  file: PlannedFile,
  staged: StagedFile,
  audio: ReadAudio,
): Promise<void> {
  const asRead = { ...file, sizeBytes: staged.sizeBytes, mtimeMs: staged.mtimeMs };
  if (await holdAsCopy(session, asRead, staged)) return;
  const { holding, facts, isRetagged } = await newHolding(session, file, staged, audio);
  staged.object.commit();
  session.newDigests.add(holding.digest);
  session.pending.set(holding.digest, holding);
  session.report.count('acceptedAudio');
  if (isRetagged) session.report.count('retagged');
  tellOf(session, file, audio);
  reportDark(session, file, holding, holding.rights);
  const read = fileRead(asRead, { digest: holding.digest, outcome: 'held' });
  await session.batch.add([...facts, read], () => {
    session.pending.delete(holding.digest);
    const { digest, sizeBytes, trackId } = holding;
    session.onHeld({ path: file.path, digest, kind: 'audio', sizeBytes, trackId });
  });
}

/**
 * Whether the staged bytes are held already: then only the place is a new fact. They are held when they read true, so
 * what the store has of them is read; what is lost or rotten there is mended by the staged copy. An original that was
 * dropped is left to be held anew.
 */
export async function holdAsCopy(
  session: AddSession,
  file: ScannedFile,
  staged: StagedFile,
): Promise<boolean> {
  const known = await heldHolding(session, staged.digest);
  if (!known || known.dropped) return false;
  if (!(await keepHeld(session, file.path, staged))) return true;
  const { digest, kind, sizeBytes, trackId } = known;
  session.report.count(kind === 'audio' ? 'acceptedAudio' : 'acceptedCompanions');
  session.report.count('copies');
  session.copies.push({ ...file, digest });
  await session.batch.add([fileRead(file, { digest, outcome: 'held' })], () =>
    session.onHeld({ path: file.path, digest, kind, sizeBytes, trackId }),
  );
  return true;
}

/**
 * Ends `staged`, whose bytes are held already, and returns whether they read true now; if not, that is told, and the
 * next run tries again. What was first held in this run was read while it was written.
 */
export async function keepHeld(
  { deps, newDigests, report }: AddSession,
  subject: string,
  { digest, object }: Pick<StagedFile, 'digest' | 'object'>,
): Promise<boolean> {
  if (newDigests.has(digest)) {
    object.abort();
    return true;
  }
  const kept = await deps.store.keep(digest, object);
  if (kept === 'mended') report.count('mended');
  if (kept !== 'damaged') return true;
  const seen = `${digest} in its volume; a good copy lies loose beside it`;
  report.find({ code: 'STORE_OBJECT_DAMAGED', subject, seen }, 'refused');
  return false;
}

/** The album a description files its track under. */
function albumOf(description: Description): string | null {
  if (description.album === undefined) return null;
  return albumIdOf(albumArtistOf(description), description.album);
}

async function newHolding(
  session: AddSession,
  file: PlannedFile,
  staged: StagedFile,
  audio: ReadAudio,
): Promise<{ holding: Holding; facts: Fact[]; isRetagged: boolean }> {
  const { digest, sizeBytes, leavesRoot } = staged;
  const match = session.rows.get(placeKey(file));
  const own = describeFile(file.path, audio.tags);
  const description = describeByRow(own, match?.row.cells);
  const earlier = await earlierHolding(session, file, digest, audio);
  const { rights, findings } = resolveRights(file.path, {
    row: match ? rowSource(session, match) : null,
    tags: audio.rights,
    // What was stated and decided of a sound holds for it under other tags.
    statement: mergeStatements(statementOf(session), earlier && recordedStatement(earlier.rights)),
    dark: session.plan.options.dark ?? false,
    before: earlier?.rights ?? null,
    seenAt: session.seenAt,
  });
  for (const finding of findings) session.report.find(finding);
  const trackId = earlier?.trackId ?? trackIdOf(digest);
  const holding: Holding = {
    digest,
    sizeBytes,
    ...(leavesRoot === undefined ? {} : { leavesRoot }),
    kind: 'audio',
    extension: extensionOf(file.path),
    mimeType: audioMime(audio.format),
    trackId,
    albumId: albumOf(description),
    role: null,
    verdict: audio.verdict,
    technical: audio.technical,
    description: own,
    ...audio.kept,
    rights,
  };
  const facts: Fact[] = [{ kind: 'holding-added', holding, tagEvidence: audio.evidence }];
  if (earlier || !sameDescription(own, description))
    facts.push({ kind: 'track-described', trackId, description, byDigest: digest });
  return { holding, facts, isRetagged: earlier !== null };
}

/** What was held of this sound: an original dropped since, what this path held before, or one whose last file is gone. */
async function earlierHolding(
  session: AddSession,
  file: PlannedFile,
  digest: Digest,
  { technical: { audioDigest } }: ReadAudio,
): Promise<Holding | null> {
  const dropped = await heldHolding(session, digest);
  if (dropped) return dropped;
  const before = file.previous === null ? undefined : await heldHolding(session, file.previous);
  if (before?.technical?.audioDigest === audioDigest) return before;
  const alike = await session.deps.ledger.holdingsByAudio(audioDigest);
  return alike.find((one) => session.gone.has(one.digest)) ?? null;
}

function tellOf({ report }: AddSession, { path }: PlannedFile, audio: ReadAudio): void {
  const { verdict, technical, notes, code } = audio;
  if (code !== undefined)
    report.find({ code, subject: path, seen: verdict.detail ?? verdict.state });
  for (const note of notes) report.find({ ...note, subject: path });
  if (verdict.state !== 'not-checked' && technical.durationMs < SHORT_MS)
    report.find({ code: 'AUDIO_VERY_SHORT', subject: path, seen: `${technical.durationMs} ms` });
}
