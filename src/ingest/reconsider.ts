/**
 * What the table and the options say of files that are held already: descriptions and rights that changed become
 * facts, and no file is read again.
 *
 * Bytes at several places are spoken for by the first of them that has a row; of several originals of one track, the
 * one held last speaks.
 */
import type { Digest } from '../base/digest.ts';
import type { HeldHolding } from '../ledger/ledger.ts';
import type { Fact, SourceFile } from '../model/fact.ts';
import { companionRow, type Neighbours } from './accede-companion.ts';
import { type AddSession, reportDark, rowSource, statementOf } from './add-session.ts';
import { describeByRow, sameDescription } from './describe.ts';
import { type MatchedRow, placeKey } from './match-table.ts';
import {
  mergeStatements,
  recordedStatement,
  recordedTags,
  resolveRights,
  sameRights,
} from './resolve-rights.ts';
import type { SourcePlace } from './source-path.ts';

/** Whether anything in `session` can speak of files that are held: a table new to this archive's ledger, or an option. */
export function isReconsidering({ plan }: AddSession): boolean {
  const { options } = plan;
  if (options.licence !== undefined || options.holder !== undefined) return true;
  if (options.evidence !== undefined || options.dark !== undefined) return true;
  if (plan.tables.length === 0) return false;
  if (options.columns !== undefined || plan.beside.length > 0) return true;
  const known = new Set(plan.unchanged.map(({ digest }) => digest));
  const changed = plan.files.some(({ role }) => role === 'evidence');
  return changed || plan.tables.some((table) => !known.has(table.sha256));
}

/** Reconsiders the held files of the plan that were not first held in this run. `kind` first audio, then companions, whose folders' rows speak for them. */
export async function reconsider(
  session: AddSession,
  kind: 'audio' | 'companion',
  neighbours: Neighbours,
): Promise<void> {
  const places = new Map<Digest, SourceFile>();
  for (const file of session.plan.unchanged) {
    if (file.outcome !== 'held' || file.digest === null || session.newDigests.has(file.digest))
      continue;
    const earlier = places.get(file.digest);
    const isBetter =
      !!earlier && !session.rows.has(placeKey(earlier)) && session.rows.has(placeKey(file));
    if (!earlier || isBetter) places.set(file.digest, file);
  }
  const speakers = new Map<string, { holding: HeldHolding; place: SourceFile }>();
  for (const [digest, place] of places) {
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

async function reconsiderRights(
  session: AddSession,
  holding: HeldHolding,
  place: SourceFile,
  neighbours: Neighbours,
): Promise<void> {
  const { digest, rights: before } = holding;
  const match = session.rows.get(placeKey(place));
  const { rights, findings } = resolveRights(place.path, {
    row:
      holding.kind === 'companion'
        ? companionRow(session, place, neighbours)
        : rowOf(session, match),
    tags: recordedTags(before),
    statement: mergeStatements(statementOf(session), recordedStatement(before)),
    dark: session.plan.options.dark ?? false,
    before,
    seenAt: session.seenAt,
  });
  if (holding.role !== 'table') for (const finding of findings) session.report.find(finding);
  reportDark(session, place, holding, rights);
  if (sameRights(before, rights)) return;
  session.report.count('rightsChanged');
  await session.batch.add([{ kind: 'rights-recorded', digest, rights }]);
}

async function reconsiderTrack(
  session: AddSession,
  holding: HeldHolding,
  place: SourcePlace,
): Promise<void> {
  const { trackId, description: own, digest } = holding;
  if (session.plan.tables.length === 0 || trackId === null || own === null) return;
  const description = describeByRow(own, session.rows.get(placeKey(place))?.row.cells);
  const track = await session.deps.ledger.track(trackId);
  if (track && sameDescription(track.description, description)) return;
  const fact: Fact = { kind: 'track-described', trackId, description, byDigest: digest };
  session.report.count('redescribed');
  await session.batch.add([fact]);
}

function rowOf(session: AddSession, match: MatchedRow | undefined) {
  return match ? rowSource(session, match) : null;
}
