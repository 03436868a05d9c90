/** Runs the real command line in a process of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { undocumentedIn } from './json-events.ts';
import { PROGRAM } from './program.ts';

/** How a run ended and what it said. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each JSON line of stdout; only with `--json`, and as docs/json-lines.md says. A line cut short by a kill is left out. */
  readonly events: readonly Record<string, unknown>[];
}

/** How to run it. */
export interface RunOptions {
  /** Put before the program, such as `strace …`. */
  readonly wrapper?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Sends this signal once, as soon as `isMet`. */
  readonly endWhen?: { readonly isMet: () => boolean; readonly signal: NodeJS.Signals };
}

const LOOK_INTERVAL_MS = 5;

/** What Node compiled, shared by all starts of the program: to compile is half of what a start takes. */
const COMPILED = path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled');
/** A second of 2026-01-02, so that editions come out alike. */
export const TEST_EPOCH = '1767323045';

/** The outcome of `fonoteca ARGS`. Never rejects for an exit code, but for a JSON line that is not as documented. */
export function runFonoteca(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [command, ...rest] = [...(options.wrapper ?? []), process.execPath, PROGRAM, ...args];
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILED,
    SOURCE_DATE_EPOCH: TEST_EPOCH,
    ...options.env,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command!, rest, {
      env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    const looking = setInterval(() => {
      if (!options.endWhen?.isMet()) return;
      clearInterval(looking);
      child.kill(options.endWhen.signal);
    }, LOOK_INTERVAL_MS);
    child.on('close', () => clearInterval(looking));
    child.on('close', (code, signal) => {
      const stdout = Buffer.concat(out).toString();
      const events = jsonLines(stdout);
      const wrong = events.map(undocumentedIn).find((told) => told !== undefined);
      if (wrong) reject(new Error(`docs/json-lines.md: ${wrong}, of ${args.join(' ')}`));
      resolve({
        code,
        signal,
        stdout,
        stderr: Buffer.concat(err).toString(),
        events,
      });
    });
  });
}

function jsonLines(text: string): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('{"')) continue;
    try {
      lines.push(JSON.parse(line));
    } catch {
      // The last line of a killed run.
    }
  }
  return lines;
}
