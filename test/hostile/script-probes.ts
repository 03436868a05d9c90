/**
 * What a decoder that was taken over may try in JavaScript: a row for each, with the attempt it belongs to and a body that
 * throws when it is denied. `HOST` holds what is really there to be found.
 */
import type { Attempt } from '../../src/audio/sandbox-report.ts';

/** What the machine holds for a probe to find. */
export interface ProbeHost {
  readonly secretFile: string;
  readonly writableFolder: string;
  readonly tcpPort: number;
  readonly unixSocket: string;
  readonly hostName: string;
  readonly userName: string;
  readonly parentPid: number;
}

/** One probe. */
export interface Probe {
  readonly name: string;
  readonly attempt: Attempt;
  /** The body of an async function; `HOST`, `require` and `reached(emitter, event)` are there. */
  readonly body: string;
}

type Row = readonly [attempt: Attempt, rows: readonly (readonly [name: string, body: string])[]];

const ROWS: readonly Row[] = [
  // First, since what follows leaves descriptors of its own.
  [
    'use descriptors that were open',
    [
      [
        'descriptor 9',
        `if (require('fs').readSync(9, Buffer.alloc(1)) === 0) throw { code: 'nothing' }`,
      ],
      [
        'descriptor 33',
        `if (require('fs').readSync(33, Buffer.alloc(1)) === 0) throw { code: 'nothing' }`,
      ],
      [
        'any descriptor',
        `const fs = require('fs');
        for (let fd = 3; fd < 64; fd++) {
          let seen;
          try { seen = fs.fstatSync(fd); } catch { continue; }
          if (seen.isFile() || seen.isDirectory() || seen.isSocket() || seen.isBlockDevice())  return;
        }
        throw { code: 'none' }`,
      ],
    ],
  ],
  [
    'read files of this machine',
    [
      ['open a file', `require('fs').readFileSync(HOST.secretFile)`],
      ['open a file by promise', `await require('fs').promises.readFile(HOST.secretFile)`],
      ['list a folder', `require('fs').readdirSync(HOST.writableFolder)`],
      ['look at a file', `require('fs').statSync(HOST.secretFile)`],
      ['read the users', `require('fs').readFileSync('/etc/passwd')`],
      ['read /proc/1/environ', `require('fs').readFileSync('/proc/1/environ')`],
      ['read /proc/self/maps', `require('fs').readFileSync('/proc/self/maps')`],
      ['follow a link', `require('fs').readlinkSync('/proc/self/exe')`],
      ['open a device', `require('fs').openSync('/dev/zero', 'r')`],
      ['watch a folder', `require('fs').watch(HOST.writableFolder).close()`],
      ['load a module', `require(HOST.secretFile)`],
    ],
  ],
  [
    'write files',
    [
      ['write a file', `require('fs').writeFileSync(HOST.writableFolder + '/probe', 'x')`],
      ['append to a file', `require('fs').appendFileSync(HOST.secretFile, 'x')`],
      ['make a folder', `require('fs').mkdirSync(HOST.writableFolder + '/probe-folder')`],
      ['make a link', `require('fs').symlinkSync('/', HOST.writableFolder + '/probe-link')`],
      ['remove a file', `require('fs').unlinkSync(HOST.secretFile)`],
      ['change a mode', `require('fs').chmodSync(HOST.secretFile, 0o777)`],
      ['write a report', `process.report.writeReport(HOST.writableFolder + '/probe-report')`],
      ['dump the heap', `require('v8').writeHeapSnapshot(HOST.writableFolder + '/probe-heap')`],
    ],
  ],
  [
    'start programs',
    [
      [
        'spawn',
        `const r = require('child_process').spawnSync('/bin/true'); if (r.error) throw r.error`,
      ],
      ['a shell', `require('child_process').execFileSync('/bin/sh', ['-c', 'true'])`],
      ['fork', `await reached(require('child_process').fork('/nonexistent.js'), 'spawn')`],
      ['a thread', `new (require('worker_threads').Worker)('0', { eval: true })`],
      [
        'a cluster',
        `const c = require('cluster'); c.setupPrimary({ exec: '/nonexistent.js' }); await reached(c.fork(), 'online')`,
      ],
      ['an addon', `process.dlopen({ exports: {} }, '/nonexistent.node')`],
      ['WASI', `new (require('wasi').WASI)({ version: 'preview1', preopens: { '/': '/' } })`],
      ['an inspector', `require('inspector').open(0)`],
    ],
  ],
  [
    'connect to other machines',
    [
      ['connect', `await reached(require('net').connect(HOST.tcpPort, '127.0.0.1'), 'connect')`],
      ['connect by IPv6', `await reached(require('net').connect(HOST.tcpPort, '::1'), 'connect')`],
      ['fetch', `await fetch('http://127.0.0.1:' + HOST.tcpPort)`],
      [
        'call by HTTP',
        `await reached(require('http').get('http://127.0.0.1:' + HOST.tcpPort), 'response')`,
      ],
      [
        'send a datagram',
        `await new Promise((resolve, reject) => {
          const socket = require('dgram').createSocket('udp4');
          socket.on('error', reject);
          socket.send('x', HOST.tcpPort, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
        })`,
      ],
      [
        'look at the interfaces',
        `if (Object.keys(require('os').networkInterfaces()).length === 0) throw { code: 'none' }`,
      ],
    ],
  ],
  [
    'connect to services of this machine',
    [
      [
        'connect to a socket of this machine',
        `await reached(require('net').connect(HOST.unixSocket), 'connect')`,
      ],
    ],
  ],
  [
    'open a socket',
    [
      [
        'listen',
        `await reached(require('net').createServer().listen(0, '127.0.0.1'), 'listening')`,
      ],
    ],
  ],
  [
    'see or signal other processes',
    [
      ['signal its parent', `process.kill(HOST.parentPid, 0)`],
      ['signal everybody', `process.kill(-1, 0)`],
      ['debug its parent', `process._debugProcess(HOST.parentPid)`],
      ['change the rank of its parent', `require('os').getPriority(HOST.parentPid)`],
    ],
  ],
  [
    'become another user',
    [
      ['setuid', `process.setuid(0); if (process.getuid() !== 0) throw { code: 'not root' }`],
      ['setgid', `process.setgid(0); if (process.getgid() !== 0) throw { code: 'not root' }`],
      ['setgroups', `process.setgroups([0])`],
      ['raise its own rank', `require('os').setPriority(-20)`],
    ],
  ],
  [
    'learn the name of this machine',
    [
      [
        'the name of the machine',
        `if (require('os').hostname() !== HOST.hostName) throw { code: 'another' }`,
      ],
      [
        'the name of the user',
        `if (require('os').userInfo().username !== HOST.userName) throw { code: 'another' }`,
      ],
    ],
  ],
  [
    'read the environment',
    [
      [
        'variables',
        `if (Object.keys(process.env).every((name) => name === 'PWD')) throw { code: 'empty' }`,
      ],
      ['the folder it was started in', `if (process.cwd() === '/') throw { code: 'the root' }`],
    ],
  ],
];

/** Every probe. */
export const SCRIPT_PROBES: readonly Probe[] = ROWS.flatMap(([attempt, rows]) =>
  rows.map(([name, body]) => ({ name, attempt, body })),
);

/** A program that tries all of them and prints, as JSON, the code each met, or `open`. */
export function probeScript(host: ProbeHost): string {
  const probes = SCRIPT_PROBES.map(
    ({ name, body }) => `[${JSON.stringify(name)}, async () => { ${body} }]`,
  );
  return `
    const HOST = ${JSON.stringify(host)};
    const LIMIT_MS = 5000;
    const reached = (emitter, event) => new Promise((resolve, reject) => {
      emitter.on(event, resolve);
      emitter.on('error', reject);
    });
    const late = () => new Promise((_, reject) => setTimeout(() => reject({ code: 'no answer' }), LIMIT_MS));
    process.on('uncaughtException', () => undefined);
    (async () => {
      const seen = {};
      for (const [name, attempt] of [${probes.join(',\n')}])
        try {
          await Promise.race([attempt(), late()]);
          seen[name] = 'open';
        } catch (error) {
          seen[name] = String(error?.cause?.code ?? error?.code ?? error?.message ?? error);
        }
      process.stdout.write(JSON.stringify(seen), () => process.exit());
    })();`;
}
