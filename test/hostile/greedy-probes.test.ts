/** A decoder that was taken over wants more than it may have: each ends alone, by its limit, with the code for that. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { workerLaunch } from '../../src/audio/worker-process.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import { type Isolation, NO_ISOLATION, tryIsolation } from '../../src/base/isolation.ts';
import { runProgram } from '../../src/base/subprocess.ts';

const MIB = 2 ** 20;
const LIMITS = {
  cpuMs: 700,
  wallMs: 3000,
  residentBytes: 512 * MIB,
  outputBytes: MIB,
};

/** What takes memory ends at its bound, for which a slow machine needs more processor time than to begin. */
const OF_MEMORY = /bytes of memory|ended/;
const FILLING = { cpuMs: 2000 };

/** What it does, and how that ends: by the limit named, or by the memory that it is refused. */
const GREED: readonly (readonly [name: string, script: string, ended: RegExp])[] = [
  ['loops for ever', 'for (;;);', /CPU/],
  [
    'computes in turns for ever',
    '(function turn() { for (let i = 0; i < 1e6; i++); setImmediate(turn); })()',
    /CPU/,
  ],
  ['waits for ever', 'setInterval(() => undefined, 1000)', /3000 ms/],
  ['sleeps in one call', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', /3000 ms/],
  [
    'never reads and never ends',
    'process.stdin.pause(); setTimeout(() => undefined, 1e9)',
    /3000 ms/,
  ],
  [
    'fills its output',
    'const f = () => process.stdout.write("x".repeat(65536), f); f()',
    /bytes of output/,
  ],
  [
    'fills its complaints',
    'const f = () => process.stderr.write("x".repeat(65536), f); f()',
    /CPU|3000 ms/,
  ],
  [
    'takes buffers',
    'const kept = []; setInterval(() => kept.push(Buffer.alloc(32 << 20, 1)), 1)',
    OF_MEMORY,
  ],
  [
    'takes memory shared between threads',
    'const kept = []; setInterval(() => { const b = new SharedArrayBuffer(32 << 20); new Uint8Array(b).fill(1); kept.push(b); }, 1)',
    OF_MEMORY,
  ],
  ['fills the heap', 'const kept = []; for (;;) kept.push({ a: [kept.length] })', /ended|CPU/],
  [
    'grows WebAssembly to its end',
    'const m = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); setInterval(() => { const at = m.buffer.byteLength; m.grow(512); new Uint8Array(m.buffer, at).fill(1); }, 1)',
    OF_MEMORY,
  ],
  ['recurses without end in a pattern', '/^(a+)+$/.test("a".repeat(60) + "b")', /CPU/],
  ['crashes', 'process.abort()', /ended/],
  [
    'kills itself',
    'process.kill(process.pid, "SIGSEGV"); setTimeout(() => undefined, 1e9)',
    /ended|3000 ms/,
  ],
  [
    'answers what is no message',
    'process.stdout.write("garbage"); process.exit(3)',
    /ended with 3/,
  ],
];

const LEVELS: readonly (readonly [name: string, isolation: Isolation])[] = [
  ['with all that the machine offers', tryIsolation()],
  ['with nothing of it', NO_ISOLATION],
];

for (const [level, isolation] of LEVELS)
  describe(`${level}, a worker that`, { concurrency: 3 }, () => {
    for (const [name, script, ended] of GREED)
      test(name, async () => {
        const { argv, ...held } = workerLaunch(['-e', script]);
        const running = runProgram(argv, [], {
          ...held,
          isolation,
          limits: { ...held.limits, ...LIMITS, ...(ended === OF_MEMORY && FILLING) },
        });
        await assert.rejects(running, (error) => {
          assert.ok(error instanceof FonotecaError, String(error));
          assert.match(error.code, /^SUBPROCESS_(?:LIMIT|FAILED)$/);
          assert.match(error.seen, ended);
          return true;
        });
      });
  });
