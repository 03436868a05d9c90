/**
 * The audio of a plan: several files copied and inspected at once, decided upon one by one in the order of the plan.
 */
import type { Attempt, Inspection } from '../audio/door.ts';
import { mapBounded } from '../base/bounded-queue.ts';
import type { Digest } from '../base/digest.ts';
import { readFileChunks } from '../base/disk.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import { accedeAudio } from './accede-audio.ts';
import type { IngestDeps } from './add-options.ts';
import type { PlannedFile } from './add-plan.ts';
import { type AddSession, fileRead } from './add-session.ts';
import { type AddSteps, untilStopped } from './add-steps.ts';
import { looksLikeAudio } from './audio-signature.ts';
import type { FolderIndex } from './folder-neighbours.ts';
import { type ReadAudio, readAudio } from './read-audio.ts';
import { refuseWithdrawn } from './refuse-withdrawn.ts';
import { absoluteBytes } from './source-path.ts';
import { type StagedFile, type Staging, stageFile } from './stage-file.ts';

/** Refusals that a second try would only repeat; any other is tried again by the next run. */
const LASTING: readonly ErrorCode[] = ['SUBPROCESS_LIMIT', 'AUDIO_BUDGET'];

interface Prepared {
  readonly file: PlannedFile;
  readonly staging: Staging;
  /** Present for what is staged. */
  readonly inspection: Attempt<Inspection> | null;
}

/** Holds what is audio among the files of the plan, and adds it to `index`. */
export async function holdAudio(
  session: AddSession,
  steps: AddSteps,
  index: FolderIndex<Digest>,
): Promise<void> {
  const { plan, deps, report } = session;
  const files = plan.files.filter((file) => file.class !== 'companion');
  const prepared = mapBounded(
    untilStopped(files, steps),
    { concurrency: deps.readers, ordered: true },
    (file) => prepare(file, steps.nextNumber(), deps),
  );
  for await (const { file, staging, inspection } of prepared) {
    if ('staged' in staging) {
      const { staged } = staging;
      report.count('bytes', staged.sizeBytes);
      if (await settle(session, file, staged, inspection!)) index.add(file, staged.digest);
    } else await settleUnread(session, file, staging);
    steps.done(file);
  }
}

async function prepare(file: PlannedFile, number: number, deps: IngestDeps): Promise<Prepared> {
  const isWanted = (head: Uint8Array) => file.class === 'audio' || looksLikeAudio(head);
  const options = { subject: file.path, number, isWanted };
  const staging = await stageFile(absoluteBytes(file), options, deps);
  if (!('staged' in staging)) return { file, staging, inspection: null };
  const { stagedFile, sizeBytes } = staging.staged;
  const source = { sizeBytes, chunks: () => readFileChunks(deps.disk, stagedFile) };
  const inspection = await deps.audio.inspect(source, { subject: file.path, measure: true });
  return { file, staging, inspection };
}

/** Whether the file is held in the end. */
async function settle(
  session: AddSession,
  file: PlannedFile,
  staged: StagedFile,
  inspection: Attempt<Inspection>,
): Promise<boolean> {
  if (!inspection.ok) {
    staged.object.abort();
    const { code, seen } = inspection.finding;
    session.report.find(inspection.finding, 'refused');
    if (LASTING.includes(code)) await refuse(session, file, staged, { code, seen });
    return false;
  }
  const audio = readAudio(inspection.value, staged.digest);
  if (await refuseWithdrawn(session, file.path, staged, audio.technical.audioDigest)) return false;
  if (audio.verdict.state !== 'not-audio') {
    await accedeAudio(session, file, staged, audio);
    return true;
  }
  staged.object.abort();
  await settleForeign(session, file, staged, audio);
  return false;
}

/** Content that is no audio: refused under a name that promises audio, else left. */
async function settleForeign(
  session: AddSession,
  file: PlannedFile,
  staged: StagedFile,
  { code = 'AUDIO_NOT_AUDIO', verdict }: ReadAudio,
): Promise<void> {
  if (file.class === 'unknown') return leave(session, file, staged);
  const seen = verdict.detail ?? 'not audio';
  session.report.find({ code, subject: file.path, seen }, 'refused');
  await refuse(session, file, staged, { code, seen });
}

async function settleUnread(
  session: AddSession,
  file: PlannedFile,
  staging: Exclude<Staging, { staged: StagedFile }>,
): Promise<void> {
  if ('finding' in staging) session.report.find(staging.finding);
  else await leave(session, file, staging.unwanted);
}

type AsRead = Pick<StagedFile, 'sizeBytes' | 'mtimeMs'>;

async function leave(session: AddSession, file: PlannedFile, asRead: AsRead): Promise<void> {
  const code = 'SOURCE_LEFT';
  session.report.find({ code, subject: file.path, seen: 'neither audio nor a companion' });
  const { sizeBytes, mtimeMs } = asRead;
  const read = fileRead({ ...file, sizeBytes, mtimeMs }, { digest: null, outcome: 'left', code });
  await session.batch.add([read]);
}

async function refuse(
  session: AddSession,
  file: PlannedFile,
  { sizeBytes, mtimeMs }: AsRead,
  why: { code: ErrorCode; seen: string },
): Promise<void> {
  const asRead = { ...file, sizeBytes, mtimeMs };
  await session.batch.add([fileRead(asRead, { digest: null, outcome: 'refused', ...why })]);
}
