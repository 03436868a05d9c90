/**
 * The process of one stage of the bench. Started by `run-stage.ts`: one line of stdin is the job, one line of stdout what
 * came of it; then it waits for the end of stdin, so that what it used can be read. A stage loads its own modules alone.
 */
import process from 'node:process';
import readline from 'node:readline';
import { FonotecaError } from '../base/errors.ts';
import type { StageJob, StageOutcomes } from './stage-job.ts';

const input = readline.createInterface({ input: process.stdin });
const job = new Promise<string>((resolve) => {
  input.once('line', resolve);
});
let isDone = false;
input.on('close', () => {
  // A stage must not go on in the folder of a bench that was killed, where the next one begins.
  if (!isDone) throw new FonotecaError('SUBPROCESS_LIMIT', 'the bench of this stage is gone');
});
const outcome = await carryOut(JSON.parse(await job) as StageJob);
isDone = true;
process.stdout.write(`${JSON.stringify(outcome)}\n`);

async function carryOut(job: StageJob): Promise<StageOutcomes[StageJob['kind']]> {
  if (job.kind === 'import') return await (await import('./import-stage.ts')).importShard(job);
  if (job.kind === 'build') return await (await import('./build-stage.ts')).build(job);
  return await (await import('./serve-stage.ts')).serve(job);
}
