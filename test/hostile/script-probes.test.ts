/**
 * A decoder that was taken over tries everything it can think of, in the worker's place and with each layer in turn taken
 * away: what is denied is what `doctor` says is denied, and with all layers everything is.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { namespacesOf, tryIsolation } from '../../src/base/isolation.ts';
import type { Level, ProbeRun } from './run-probes.ts';
import { type ProbeHost, SCRIPT_PROBES } from './script-probes.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-probes-'));
const secretFile = path.join(folder, 'secret.js');
const unixSocket = path.join(folder, 'service');
const servers: net.Server[] = [];
let host: ProbeHost;

before(async () => {
  fs.writeFileSync(secretFile, 'module.exports = 1;');
  fs.chmodSync(folder, 0o777);
  const listening = async (at: object) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 200 OK\r\n\r\n');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(at, resolve));
    return server;
  };
  const { port } = (await listening({ port: 0, host: '::' })).address() as net.AddressInfo;
  await listening({ path: unixSocket });
  fs.chmodSync(unixSocket, 0o777);
  host = {
    ...{ secretFile, writableFolder: folder, tcpPort: port, unixSocket, parentPid: 0 },
    ...{ hostName: os.hostname(), userName: os.userInfo().username },
  };
});
after(() => {
  for (const server of servers) server.close();
  fs.rmSync(folder, { recursive: true });
});

/** The probes run under `level`, by a process that has a secret in its environment and on descriptors 9 and 33. */
async function runProbes(level: Level): Promise<ProbeRun> {
  const program = path.join(import.meta.dirname, 'run-probes.ts');
  const words = [process.execPath, program, level, JSON.stringify(host)];
  const opened = 'exec 9<"$0" 33<"$0"; exec "$@"';
  const child = spawn('/bin/bash', ['-c', opened, secretFile, ...words], {
    env: { SECRET: 'of the door', PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.ok(out.startsWith('{'), err);
  return JSON.parse(out);
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

const openOf = ({ seen }: ProbeRun): string[] =>
  SCRIPT_PROBES.filter(({ name }) => seen[name] === 'open').map(({ name }) => name);
/** Ordinary users may not do this anywhere. */
const onlyRoot = process.getuid?.() === 0 ? [] : ['become another user'];

const SKIPS: Readonly<Record<Level, string | false>> = {
  everything: tryIsolation().bubblewrap ? false : 'bubblewrap does not work on this machine',
  'without bubblewrap': namespacesOf(tryIsolation(['bwrap'])).includes('pid')
    ? false
    : 'this machine allows no namespaces',
  'without namespaces': false,
  nothing: false,
};

describe('JavaScript in the worker’s place', () => {
  test('at least fifty things are tried', () => assert.ok(SCRIPT_PROBES.length >= 50));

  test('with all layers everything is denied', { skip: SKIPS.everything }, async () => {
    const run = await runProbes('everything');
    assert.deepEqual(Object.keys(run.seen).length, SCRIPT_PROBES.length);
    assert.deepEqual(openOf(run), [], JSON.stringify(run.seen));
    assert.deepEqual(run.open, []);
    assert.ok(run.layers.every(({ isInForce }) => isInForce));
  });

  for (const level of ['without bubblewrap', 'without namespaces', 'nothing'] as const)
    test(`${level}, what is not denied is what the report names`, {
      skip: SKIPS[level],
    }, async (t) => {
      const run = await runProbes(level);
      const open = openOf(run);
      t.diagnostic(
        `${level}: ${SCRIPT_PROBES.length - open.length} denied; open: ${open.join(', ')}`,
      );
      const named = run.open.filter((attempt) => !onlyRoot.includes(attempt));
      const tried = new Set(
        SCRIPT_PROBES.filter(({ name }) => open.includes(name)).map(({ attempt }) => attempt),
      );
      assert.deepEqual([...tried].sort(), [...named].sort(), JSON.stringify(run.seen));
    });

  test('nothing of what was tried has left a trace', () => {
    assert.deepEqual(fs.readdirSync(folder).sort(), ['secret.js', 'service']);
    assert.equal(fs.readFileSync(secretFile, 'utf8'), 'module.exports = 1;');
  });
});
