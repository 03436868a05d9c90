/** Runs a stage of the catalogue in a process of its own, which may be killed at any moment. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../src/base/digest.ts';
import type { StageJob, StageOutcomes } from '../../src/benching/stage-job.ts';

const WORKER = path.resolve(import.meta.dirname, '../../src/benching/stage-worker.ts');

const ASKED_EACH_MS = 10;

/** The outcome of `job`, or undefined when it was killed after `kill` ms or once `kill` said so. Throws what the worker said when it failed. */
export function runCatalogueStage<Kind extends StageJob['kind']>(
  job: StageJob & { readonly kind: Kind },
  kill?: number | (() => boolean),
): Promise<StageOutcomes[Kind] | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WORKER], { stdio: ['pipe', 'pipe', 'pipe'] });
    const end = () => child.kill('SIGKILL');
    const timer = typeof kill === 'number' ? setTimeout(end, kill) : undefined;
    const asking =
      typeof kill === 'function'
        ? setInterval(() => {
            if (kill()) end();
          }, ASKED_EACH_MS)
        : undefined;
    let [said, complained] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      // The end of its input ends the process, so it comes after the outcome.
      if (said.endsWith('\n')) child.stdin.end();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complained += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(job)}\n`);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      clearInterval(asking);
      if (signal === 'SIGKILL') resolve(undefined);
      else if (code === 0) resolve(JSON.parse(said) as StageOutcomes[Kind]);
      else reject(new Error(`the stage ended with ${code}: ${complained}`));
    });
  });
}

/** Each file below `directory` with the SHA-256 of its bytes, sorted; `edit` may change the text of some first. */
export function digestsBelow(
  directory: string,
  edit: (name: string, bytes: Buffer) => Buffer = (_, bytes) => bytes,
): string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => `${sha256(edit(name, fs.readFileSync(path.join(directory, name))))} ${name}`);
}
