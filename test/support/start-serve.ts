/** Runs a real `fonoteca serve` in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import readline from 'node:readline';
import { PROGRAM } from './program.ts';

/** A running `fonoteca serve`; disposing it stops it as Ctrl-C does. */
export interface Served extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** What it has said on stderr so far. */
  said(): string;
  /** Stops it and returns its exit code. */
  stop(): Promise<number | null>;
}

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Serves the archive in `root` at `port` of loopback; resolves when it listens. */
export async function startServe(root: string, port: number): Promise<Served> {
  const args = [PROGRAM, 'serve', '--archive', root, '--port', String(port), '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const first = once(readline.createInterface(child.stdout), 'line') as Promise<[string]>;
  const started = await Promise.race([first, ended]);
  if (typeof started[0] !== 'string')
    throw new Error(`serve ended with ${started[0]} before it listened: ${said}`);
  const { addresses } = JSON.parse(started[0]) as { addresses: string[] };
  const stop = async () => {
    child.kill('SIGINT');
    return (await ended)[0];
  };
  return {
    baseUrl: addresses[0]!.replace(/\/$/, ''),
    said: () => said,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
