/** A file that ends its worker, by itself or by what it wants, costs that worker and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, describe, test } from 'node:test';
import { openAudioDoor } from '../../src/audio/door.ts';
import { sourceOf } from '../../src/audio/test-sounds.ts';
import { startWorkerPool } from '../../src/audio/worker-pool.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import { probeIsolation } from '../../src/base/isolation.ts';
import { silentOpus } from './corpus/bombs.ts';
import { SOUNDS } from './corpus/sounds.ts';

const GOOD = SOUNDS.mp3;
const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

describe('a poison file', () => {
  test('that unfolds beyond all memory is refused, while good files go through beside it', async () => {
    const poison = silentOpus(2);
    const items = Array.from({ length: 24 }, (_, at) => (at % 6 === 2 ? poison : GOOD));
    const outcomes = await Promise.all(
      items.map((bytes, at) => door.inspect(sourceOf(bytes), { subject: `${at}`, measure: true })),
    );
    for (const [at, outcome] of outcomes.entries())
      if (items[at] === GOOD)
        assert.ok(outcome.ok && outcome.value.reading.verdict.state === 'intact');
      else if (outcome.ok) assert.ok(outcome.value.unmeasured, 'no hour of silence is measured');
      else assert.match(outcome.finding.code, /^SUBPROCESS_(?:LIMIT|FAILED)$/);
  });

  test('whose worker is killed in the middle of it fails by its code, and the next is served by a fresh one', async () => {
    await using pool = startWorkerPool(1, probeIsolation());
    const limits = { cpuMs: 60_000, wallMs: 60_000, outputBytes: 1e6 };
    const job = (bytes: Uint8Array) =>
      ({ job: 'inspect', sizeBytes: bytes.length, measure: 'all' }) as const;
    const run = (bytes: Uint8Array) => pool.run(job(bytes), sourceOf(bytes), limits);
    await run(GOOD);
    const before = childrenOf(process.pid);
    // A source that stops in the middle, until its worker is gone.
    const stopping = {
      sizeBytes: GOOD.length,
      async *chunks() {
        yield GOOD.subarray(0, 1000);
        for (const pid of childrenOf(process.pid)) if (isWorker(pid)) process.kill(pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield GOOD.subarray(1000);
      },
    };
    await assert.rejects(
      pool.run(job(GOOD), stopping, limits),
      (error) => error instanceof FonotecaError && error.code === 'SUBPROCESS_FAILED',
    );
    await run(GOOD);
    const now = childrenOf(process.pid).filter(isWorker);
    assert.equal(now.length, 1);
    assert.ok(!before.includes(now[0]!), 'another process');
  });
});

function childrenOf(pid: number): number[] {
  const said = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return said
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(Number);
}

function isWorker(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('audio/worker.');
  } catch {
    return false;
  }
}
