/**
 * What the table and the options say of files that are held already: descriptions and rights that changed become
 * facts, and no file is read again.
 *
 * Bytes at several places are spoken for by the first of them that has a row; of several originals of one track, the
 * one held last speaks.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { HeldHolding } from '../ledger/ledger.ts';
import type { Fact } from '../model/fact.ts';
import { companionRow, type Neighbours, tellRights } from './accede-companion.ts';
import {
  type AddSession,
  type HeldPlace,
  reportDark,
  rowSource,
  statementOf,
} from './add-session.ts';
import { isWithin } from './choose-roots.ts';
import { isPaper } from './classify.ts';
import { describeByRow, sameDescription } from './describe.ts';
import { placeKey } from './match-table.ts';
import {
  mergeStatements,
  recordedRow,
  recordedStatement,
  recordedTags,
  resolveRights,
  sameRights,
} from './resolve-rights.ts';
import { absoluteText, comparePlaces } from './source-path.ts';

/** Whether anything in `session` can speak of files that are held: a table new to the ledger, a changed piece of evidence, or an option. */
export function isReconsidering({ plan }: AddSession): boolean {
  const { options } = plan;
  if (options.licence !== undefined || options.holder !== undefined) return true;
  if (options.evidence !== undefined || options.dark !== undefined) return true;
  if (plan.tables.length === 0) return false;
  if (Object.keys(options.columns ?? {}).length > 0 || plan.beside.length > 0) return true;
  const known = new Set(plan.unchanged.map(({ digest }) => digest));
  const changed = plan.files.some(({ role }) => role === 'evidence');
  return changed || plan.tables.some((table) => !known.has(table.sha256));
}

/**
 * Reconsiders the held files of the plan that were not first held in this run: with `isWhole` all of them, else those
 * that came to a second place with a row of its own. First for audio, then for companions, whose folders' rows speak
 * for them.
 */
export async function reconsider(
  session: AddSession,
  kind: 'audio' | 'companion',
  neighbours: Neighbours,
  isWhole: boolean,
): Promise<void> {
  const speakers = new Map<string, { holding: HeldHolding; place: HeldPlace }>();
  for (const [digest, place] of placesOf(session, isWhole)) {
    const holding = await session.deps.ledger.holding(digest);
    if (holding?.kind !== kind) continue;
    await reconsiderRights(session, holding, place, neighbours);
    if (holding.trackId === null) continue;
    const speaker = speakers.get(holding.trackId);
    if (!speaker || speaker.holding.seq < holding.seq)
      speakers.set(holding.trackId, { holding, place });
  }
  for (const { holding, place } of speakers.values())
    await reconsiderTrack(session, holding, place);
}

/** The place that speaks for each digest: the first by path that has a row, else the first. */
function placesOf(session: AddSession, isWhole: boolean): Map<Digest, HeldPlace> {
  const { plan, rows, newDigests, copies } = session;
  const unchanged = plan.unchanged.flatMap((file) =>
    file.outcome === 'held' && file.digest !== null ? [{ ...file, digest: file.digest }] : [],
  );
  const withRow = copies.filter((place) => rows.has(placeKey(place)));
  const speaking: HeldPlace[] = isWhole ? [...unchanged, ...copies] : withRow;
  const places = new Map<Digest, HeldPlace>();
  for (const place of speaking.sort(comparePlaces)) {
    const earlier = places.get(place.digest);
    const isBetter = earlier && !rows.has(placeKey(earlier)) && rows.has(placeKey(place));
    if (!newDigests.has(place.digest) && (!earlier || isBetter)) places.set(place.digest, place);
  }
  return places;
}

async function reconsiderRights(
  session: AddSession,
  holding: HeldHolding,
  place: HeldPlace,
  neighbours: Neighbours,
): Promise<void> {
  const { digest, rights: before, kind, role } = holding;
  const match = session.rows.get(placeKey(place));
  const ownRow = match ? rowSource(session, match) : null;
  const row = kind === 'companion' ? companionRow(session, { ...place, role }, neighbours) : ownRow;
  const isRowGone = row === null && (await mayForgetRow(session, place));
  const { rights, findings } = resolveRights(place.path, {
    row: row ?? (isRowGone ? null : recordedRow(before)),
    tags: recordedTags(before),
    statement: mergeStatements(
      isPaper(role) ? null : statementOf(session),
      recordedStatement(before),
    ),
    dark: session.plan.options.dark ?? false,
    before,
    seenAt: session.seenAt,
  });
  tellRights(session, role, findings);
  reportDark(session, place, holding, rights);
  if (sameRights(before, rights)) return;
  session.report.count('rightsChanged');
  await session.batch.add([{ kind: 'rights-recorded', digest, rights }]);
}

async function reconsiderTrack(
  session: AddSession,
  holding: HeldHolding,
  place: HeldPlace,
): Promise<void> {
  const { trackId, ownDescription: own, digest } = holding;
  if (trackId === null || own === null) return;
  const match = session.rows.get(placeKey(place));
  if (!match && !(await mayForgetRow(session, place))) return;
  const description = describeByRow(own, match?.row.cells);
  const track = await session.deps.ledger.track(trackId);
  if (track && sameDescription(track.description, description)) return;
  const fact: Fact = { kind: 'track-described', trackId, description, byDigest: digest };
  session.report.count('redescribed');
  await session.batch.add([fact]);
}

/**
 * Whether a row that spoke for the bytes at `place` is gone now: a table of this run covers the place and has no row
 * for it, and no other folder, whose table may speak, holds the bytes.
 */
async function mayForgetRow({ plan, deps }: AddSession, place: HeldPlace): Promise<boolean> {
  const file = absoluteText(place);
  if (!plan.tables.some((table) => isWithin(file, path.dirname(table.file)))) return false;
  const places = await deps.ledger.sourcesOf(place.digest);
  return places.every(({ root }) => plan.roots.some((one) => one.root === root));
}
