/** What the steps of one `add` share: the plan's rows and evidence by place, what is held by now, and where to report. */
import type { Digest } from '../base/digest.ts';
import type { Fact, SourceFile } from '../model/fact.ts';
import type { Holding } from '../model/holding.ts';
import { parseLicence } from '../model/read-licence.ts';
import { decideDistribution, type Rights, type RightsEvidence } from '../model/rights.ts';
import type { IngestDeps } from './add-options.ts';
import type { AddPlan } from './add-plan.ts';
import type { ReportSheet } from './add-report.ts';
import { isPaper } from './classify.ts';
import type { FactBatch } from './fact-batch.ts';
import { evidenceKey, isAddress } from './find-evidence.ts';
import { type MatchedRow, placeKey } from './match-table.ts';
import type { RightsSources, Statement } from './resolve-rights.ts';
import type { ScannedFile } from './scan-folder.ts';
import type { SourcePlace } from './source-path.ts';
import type { StagedFile } from './stage-file.ts';
import type { TableCells } from './tracks-table.ts';

/** A file that is held, told after its facts are safe. */
export interface HeldItem {
  readonly path: string;
  readonly digest: Digest;
  readonly kind: 'audio' | 'companion';
  readonly sizeBytes: number;
  readonly trackId: string | null;
}

/** A file whose bytes are held. */
export interface HeldPlace extends SourcePlace {
  readonly digest: Digest;
}

/** The state of one `add`. */
export interface AddSession {
  readonly plan: AddPlan;
  readonly deps: IngestDeps;
  readonly report: ReportSheet;
  readonly batch: FactBatch;
  readonly seenAt: string;
  readonly onHeld: (item: HeldItem) => void;
  /** Digests that were first held in this run. */
  readonly newDigests: Set<Digest>;
  /** Files read in this run whose bytes were held already. */
  readonly copies: HeldPlace[];
  /** Holdings whose facts wait in the batch. */
  readonly pending: Map<Digest, Holding>;
  /** Digests of evidence files, by `evidenceKey`. */
  readonly evidence: Map<string, Digest>;
  /** Evidence files that were read ahead, by their absolute path: their bytes are in the store already. */
  readonly readAhead: Map<string, StagedFile>;
  /** Digests whose last place vanished or changed in this run: their sound may have moved. */
  readonly gone: ReadonlySet<Digest>;
  readonly rows: ReadonlyMap<string, MatchedRow>;
}

/** A session at its start. */
export function startSession(
  given: Pick<AddSession, 'plan' | 'deps' | 'report' | 'batch' | 'onHeld'>,
): AddSession {
  const { plan, deps } = given;
  const still = new Set(plan.unchanged.map(({ digest }) => digest));
  const left = [...plan.vanished, ...plan.files.map(({ previous }) => ({ digest: previous }))];
  return {
    ...given,
    seenAt: deps.clock.nowIso(),
    newDigests: new Set(),
    copies: [],
    pending: new Map(),
    evidence: new Map(),
    readAhead: new Map(),
    gone: new Set(left.flatMap(({ digest }) => (digest && !still.has(digest) ? [digest] : []))),
    rows: new Map(plan.matched.map((match) => [placeKey(match.place), match])),
  };
}

/** What is held with `digest`, waiting facts included. */
export async function heldHolding(
  session: AddSession,
  digest: Digest,
): Promise<(Holding & { readonly dropped?: boolean }) | undefined> {
  return session.pending.get(digest) ?? (await session.deps.ledger.holding(digest));
}

/** The fact that `file` was read, and what came of it. */
export function fileRead(
  file: ScannedFile,
  outcome: Pick<SourceFile, 'digest' | 'outcome'> & Partial<Pick<SourceFile, 'code' | 'seen'>>,
): Fact {
  const { root, path, pathHex, sizeBytes, mtimeMs } = file;
  const place = pathHex === undefined ? { root, path } : { root, path, pathHex };
  return {
    kind: 'file-read',
    file: { ...place, sizeBytes, mtimeMs, code: null, seen: null, ...outcome },
  };
}

/** A row as a source of rights: `cells` of the table `match` stands in. */
export function rowSource(
  session: AddSession,
  match: Pick<MatchedRow, 'table'> & { row: { readonly cells: TableCells } },
): RightsSources['row'] {
  const { cells } = match.row;
  const evidence =
    cells.evidence === undefined ? null : evidenceOf(session, match.table.file, cells.evidence);
  return { cells, evidence, tableSha256: match.table.sha256 };
}

/** The operator's statement by `--licence`, `--holder` and `--evidence`, or null when none was made. */
export function statementOf(session: AddSession): Statement | null {
  const { licence, holder, evidence } = session.plan.options;
  if (licence === undefined && holder === undefined && evidence === undefined) return null;
  const found = evidence === undefined ? null : evidenceOf(session, null, evidence);
  return {
    licence: licence === undefined ? null : (parseLicence(licence) ?? null),
    holder: holder ?? null,
    evidence: found ? [found] : [],
  };
}

/** Puts what may not be published into the report. */
export function reportDark(
  session: AddSession,
  file: Pick<SourcePlace, 'path'>,
  { digest, kind, role }: Pick<Holding, 'digest' | 'kind' | 'role'>,
  rights: Rights,
): void {
  const { allowed, because } = decideDistribution(rights, session.plan.options.day);
  if (allowed) return;
  const isUnstated = isPaper(role) && rights.licence === null && !rights.dark;
  session.report.dark({
    path: file.path,
    digest,
    kind,
    because: isUnstated ? 'a paper, which only a row of its own frees' : because,
  });
}

/** An address is recorded as it stands; a file by its digest; a file that is not there was told and is no evidence. */
function evidenceOf(
  session: AddSession,
  tableFile: string | null,
  value: string,
): RightsEvidence | null {
  if (isAddress(value)) return { kind: 'url', value, seenAt: session.seenAt };
  const sha256 = session.evidence.get(evidenceKey(tableFile, value));
  return sha256 === undefined ? null : { kind: 'file', value, sha256, seenAt: session.seenAt };
}
