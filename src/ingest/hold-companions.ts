/**
 * The companions of a plan, and the evidence and tables beside it. Evidence is read first, since rights record its
 * digest; its facts are written with those of the other companions.
 */
import path from 'node:path';
import { keepHeld } from './accede-audio.ts';
import { accedeCompanion, type Neighbours } from './accede-companion.ts';
import { type AddSession, heldHolding } from './add-session.ts';
import { type AddSteps, untilStopped } from './add-steps.ts';
import type { CompanionRole } from './classify.ts';
import { refuseWithdrawn } from './refuse-withdrawn.ts';
import { absoluteBytes, absoluteText } from './source-path.ts';
import { type StagedFile, stageFile } from './stage-file.ts';

/** Brings the bytes of all evidence files into the store and records their digests. */
export async function readEvidence(session: AddSession, steps: AddSteps): Promise<void> {
  const { plan, evidence, readAhead } = session;
  const known = new Map(
    plan.unchanged.flatMap((file) =>
      file.digest === null ? [] : [[absoluteText(file), file.digest] as const],
    ),
  );
  for (const { key, file } of untilStopped(plan.evidence, steps)) {
    const digest = known.get(file) ?? (await readOne(session, steps, file))?.digest;
    if (digest) evidence.set(key, digest);
  }
  async function readOne(of: AddSession, by: AddSteps, file: string) {
    const staged = readAhead.get(file) ?? (await stage(of, by, Buffer.from(file), file));
    if (!staged) return undefined;
    // Committed at once: the file is not read a second time, and a kill leaves only an object without facts.
    if (readAhead.has(file)) return staged;
    const wasPut = staged.object.commit();
    readAhead.set(file, { ...staged, object: { commit: () => wasPut, abort: () => undefined } });
    return staged;
  }
}

/** Holds the companions whose role is `wanted`, in the order of the plan. */
export async function holdCompanions(
  session: AddSession,
  steps: AddSteps,
  neighbours: Neighbours,
  wanted: (role: CompanionRole) => boolean,
): Promise<void> {
  for (const file of untilStopped(session.plan.files, steps)) {
    const { role } = file;
    if (role === null || !wanted(role)) continue;
    const staged =
      session.readAhead.get(absoluteText(file)) ??
      (await stage(session, steps, absoluteBytes(file), file.path));
    if (staged)
      await accedeCompanion(session, { ...file, role, isPlaced: true }, staged, neighbours);
    steps.done(file);
  }
}

/** Holds the tables and evidence that lie outside the folders added. They get no place in them. */
export async function holdBeside(
  session: AddSession,
  steps: AddSteps,
  neighbours: Neighbours,
): Promise<void> {
  for (const { file, role } of untilStopped(session.plan.beside, steps)) {
    const staged =
      session.readAhead.get(file) ?? (await stage(session, steps, Buffer.from(file), file));
    if (!staged) continue;
    if (await heldHolding(session, staged.digest)) {
      await keepHeld(session, file, staged);
      continue;
    }
    const { sizeBytes, mtimeMs } = staged;
    const place = { root: path.dirname(file), path: path.basename(file), sizeBytes, mtimeMs };
    await accedeCompanion(session, { ...place, role, isPlaced: false }, staged, neighbours);
  }
}

/** The staged bytes of one file, or undefined when it was told why there are none. */
async function stage(
  session: AddSession,
  steps: AddSteps,
  file: Buffer,
  subject: string,
): Promise<StagedFile | undefined> {
  const options = { subject, number: steps.nextNumber(), isWanted: () => true };
  const staging = await stageFile(file, options, session.deps);
  if ('finding' in staging) session.report.find(staging.finding);
  if (!('staged' in staging)) return undefined;
  if (await refuseWithdrawn(session, subject, staging.staged, null)) return undefined;
  session.report.count('bytes', staging.staged.sizeBytes);
  return staging.staged;
}
