/** Runs a real `fonoteca seed` in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { PROGRAM } from './program.ts';

/** A running `fonoteca seed`; disposing it stops it as Ctrl-C does. */
export interface Seeding extends AsyncDisposable {
  readonly port: number;
  /** Its last JSON line and its exit code, after Ctrl-C. */
  stop(): Promise<{ code: number | null; seeded: Record<string, unknown> }>;
}

/** Seeds the archive in `root` with the built-in seeder on a free port; resolves when it listens. */
export async function startSeed(root: string): Promise<Seeding> {
  const args = [PROGRAM, 'seed', '--archive', root, '--port', '0', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const lines = readline.createInterface(child.stdout);
  let last = '';
  lines.on('line', (line) => {
    last = line;
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const first = once(lines, 'line') as Promise<[string]>;
  const started = await Promise.race([first, ended]);
  if (typeof started[0] !== 'string')
    throw new Error(`seed ended with ${started[0]} before it listened: ${said}`);
  const closed = once(lines, 'close');
  const stop = async () => {
    child.kill('SIGINT');
    const [code] = await ended;
    await closed;
    return { code, seeded: JSON.parse(last) };
  };
  return {
    port: JSON.parse(started[0]).port,
    stop,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) await stop();
    },
  };
}
