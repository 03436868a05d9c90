/**
 * A decoder of native code that was taken over, in ffmpeg's place: Python makes the system calls themselves. With all layers
 * each is denied; with namespaces alone, no more is open than the report names. Needs python3.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { describeSandbox, openAttempts } from '../../src/audio/sandbox-report.ts';
import {
  findProgram,
  type Isolation,
  namespacesOf,
  tryIsolation,
} from '../../src/base/isolation.ts';
import { runProgram } from '../../src/base/subprocess.ts';

type Seen = Readonly<Record<string, readonly [attempt: string, met: string]>>;

const MIB = 2 ** 20;
const LIMITS = {
  dataBytes: 512 * MIB,
  cpuSeconds: 30,
  openFiles: 64,
  cpuMs: 20_000,
  wallMs: 60_000,
  residentBytes: 512 * MIB,
  outputBytes: MIB,
};
const script = path.join(import.meta.dirname, 'fake-decoder.py');
const python = findProgram('python3');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-native-'));
const secret = path.join(folder, 'secret');
const service = path.join(folder, 'service');
const servers: net.Server[] = [];
let port = 0;

before(async () => {
  fs.writeFileSync(secret, 'secret');
  const listening = async (at: object) => {
    const server = net.createServer((socket) => socket.on('error', () => undefined).end());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(at, resolve));
    return server;
  };
  ({ port } = (await listening({ port: 0, host: '127.0.0.1' })).address() as net.AddressInfo);
  await listening({ path: service });
});
after(() => {
  for (const server of servers) server.close();
  fs.rmSync(folder, { recursive: true });
});

async function tryAll(isolation: Isolation): Promise<Seen> {
  const host = [secret, service, String(port), String(process.pid)];
  const argv = [fs.realpathSync(python!), '-IS', script, ...host];
  const output = await runProgram(argv, [], { limits: LIMITS, isolation, readable: [script] });
  return JSON.parse(Buffer.from(output).toString());
}

describe('native code in ffmpeg’s place', {
  skip: python ? false : 'not installed: python3',
}, () => {
  const everything = tryIsolation();
  test('with all layers every system call is denied', {
    skip: everything.bubblewrap?.filter ? false : 'bubblewrap does not work on this machine',
  }, async (t) => {
    const seen = await tryAll(everything);
    const open = Object.entries(seen).filter(([, [, met]]) => met === 'open');
    t.diagnostic(`${Object.keys(seen).length} tried, ${open.length} open`);
    assert.ok(Object.keys(seen).length >= 40);
    assert.deepEqual(open, []);
  });

  const separated = tryIsolation(['bwrap']);
  test('without bubblewrap no more is open than the report names', {
    skip: namespacesOf(separated).includes('pid') ? false : 'this machine allows no namespaces',
  }, async (t) => {
    const seen = await tryAll(separated);
    const open = Object.entries(seen).filter(([, [, met]]) => met === 'open');
    t.diagnostic(`open: ${open.map(([name]) => name).join(', ')}`);
    const named: readonly string[] = openAttempts(describeSandbox(separated, 'ffmpeg'));
    const unnamed = open.filter(([, [attempt]]) => !named.includes(attempt));
    assert.deepEqual(unnamed, []);
    assert.ok(open.some(([, [attempt]]) => attempt === 'read files of this machine'));
  });
});
