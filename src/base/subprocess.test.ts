import assert from 'node:assert/strict';
import test from 'node:test';
import { FonotecaError } from './errors.ts';
import {
  type Isolation,
  NO_ISOLATION,
  namespacesOf,
  type ProcessLimits,
  probeIsolation,
} from './isolation.ts';
import { runProgram, startProcess, type WatchLimits, watch } from './subprocess.ts';

const LIMITS: ProcessLimits & WatchLimits & { outputBytes: number } = {
  // Node reserves 560 MiB of writable address space before it runs anything.
  dataBytes: 2 ** 30,
  cpuSeconds: 20,
  openFiles: 64,
  cpuMs: 10_000,
  wallMs: 10_000,
  outputBytes: 2 ** 20,
};
const isolation = probeIsolation();
const withoutPrlimit = isolation.prlimit ? false : 'this machine has no prlimit';
const withoutNamespaces = namespacesOf(isolation).includes('net')
  ? false
  : 'this machine allows no namespaces';

/** What a Node child says that runs `script`. */
async function say(
  script: string,
  options: { limits?: Partial<typeof LIMITS>; isolation?: Isolation; input?: string } = {},
): Promise<string> {
  const argv = [process.execPath, '-e', script];
  const output = await runProgram(argv, [Buffer.from(options.input ?? '')], {
    limits: { ...LIMITS, ...options.limits },
    isolation: options.isolation ?? isolation,
  });
  return Buffer.from(output).toString();
}

function fails(code: string, seen: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FonotecaError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.seen, seen);
    return true;
  };
}

const ENDLESS = 'while (true);';
const IDLE = 'setInterval(() => {}, 1000)';

test('a child gets its input by pipe and its output comes back', async () => {
  const script = 'process.stdin.pipe(process.stdout)';
  const input = 'some bytes '.repeat(20_000);
  assert.equal(await say(script, { input }), input);
});

test('a child sees no environment, whatever the parent has', async () => {
  process.env.FONOTECA_PROBE = 'secret';
  const seen = await say('process.stdout.write(JSON.stringify(process.env))');
  delete process.env.FONOTECA_PROBE;
  // Bubblewrap sets the folder it starts in, which is the same for all.
  assert.deepEqual(JSON.parse(seen), isolation.bubblewrap ? { PWD: '/' } : {});
});

test('arguments reach the child as they are, without a shell', async () => {
  const argv = [
    process.execPath,
    '-e',
    'process.stdout.write(process.argv[1])',
    '--',
    '$(id); `id` "x',
  ];
  const output = await runProgram(argv, [], { limits: LIMITS, isolation });
  assert.equal(Buffer.from(output).toString(), '$(id); `id` "x');
});

test('each limit ends the child with SUBPROCESS_LIMIT and its reason', async () => {
  await assert.rejects(say(ENDLESS, { limits: { cpuMs: 300 } }), fails('SUBPROCESS_LIMIT', /CPU/));
  await assert.rejects(say(IDLE, { limits: { wallMs: 300 } }), fails('SUBPROCESS_LIMIT', /300 ms/));
  const chatty = 'setInterval(() => process.stdout.write("x".repeat(100000)), 1)';
  await assert.rejects(
    say(chatty, { limits: { outputBytes: 5000 } }),
    fails('SUBPROCESS_LIMIT', /5000 bytes of output/),
  );
});

test('a child that ends badly is SUBPROCESS_FAILED with the end of what it said', async () => {
  const script = 'console.error("the reason"); process.exit(7)';
  await assert.rejects(say(script), fails('SUBPROCESS_FAILED', /ended with 7: .*the reason/));
  const missing = runProgram(['/nonexistent/program'], [], {
    limits: LIMITS,
    isolation: NO_ISOLATION,
  });
  await assert.rejects(missing, fails('SUBPROCESS_FAILED', /ENOENT/));
});

test('a child that does not read its input does not hold the parent up', async () => {
  const input = 'x'.repeat(3_000_000);
  assert.equal(
    await say('process.stdin.destroy(); process.stdout.write("done")', { input }),
    'done',
  );
});

test('rlimits forbid files, core dumps and more memory than allowed', {
  skip: withoutPrlimit,
}, async () => {
  const seen = await say(
    'process.stdout.write(JSON.stringify(process.report.getReport().userLimits))',
  );
  const { file_size_blocks, core_file_size_blocks, open_files, data_seg_size_bytes } = JSON.parse(
    seen,
  ) as Record<string, { hard: unknown }>;
  const hard = [file_size_blocks, core_file_size_blocks, open_files, data_seg_size_bytes];
  assert.deepEqual(
    hard.map((limit) => limit?.hard),
    [0, 0, 64, LIMITS.dataBytes],
  );
  const greedy = 'const kept = []; while (true) kept.push(Buffer.alloc(16 << 20, 1))';
  await assert.rejects(say(greedy), fails('SUBPROCESS_FAILED', /./));
});

test('namespaces take the network away and hide other processes', {
  skip: withoutNamespaces,
}, async () => {
  const script = `
    const net = require('net');
    const socket = net.connect(9, '127.0.0.1');
    socket.on('error', (error) => process.stdout.write(process.pid + ' ' + error.code));
    socket.on('connect', () => process.stdout.write('connected'));`;
  const [pid, code] = (await say(script)).split(' ');
  // The loopback interface of a new network namespace is down; with a list of system calls there is no socket at all.
  assert.match(code!, isolation.bubblewrap?.filter ? /EPERM/ : /ENETUNREACH|EADDRNOTAVAIL/);
  if (namespacesOf(isolation).includes('pid')) assert.ok(Number(pid) < 10, `pid ${pid}`);
});

test('a killed child is gone even when nobody reads what it wrote', { timeout: 5000 }, async () => {
  const script = 'setInterval(() => process.stdout.write("x".repeat(60000)), 1)';
  const child = startProcess([process.execPath, '-e', script], { limits: LIMITS, isolation });
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  child.kill('enough');
  assert.equal((await child.exit).killed, 'enough');
});

test('a process that lives on is watched job by job', async () => {
  const echo = startProcess([process.execPath, '-e', 'process.stdin.pipe(process.stdout)'], {
    limits: LIMITS,
    isolation,
  });
  const ask = async (text: string) => {
    echo.stdin.write(text);
    for await (const part of echo.stdout.iterator({ destroyOnReturn: false })) return String(part);
    throw new Error('no answer');
  };
  assert.equal(await watch(echo, LIMITS, () => ask('one')), 'one');
  assert.equal(await watch(echo, LIMITS, () => ask('two')), 'two');
  const stuck = watch(echo, { ...LIMITS, wallMs: 100 }, async () => {
    await echo.exit;
    throw new Error('gone');
  });
  await assert.rejects(stuck, fails('SUBPROCESS_LIMIT', /100 ms/));
  assert.equal((await echo.exit).killed, 'more than 100 ms');
});
