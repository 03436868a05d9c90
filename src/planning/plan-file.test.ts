import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { pointAt } from './curve.ts';
import { curveCsv, drawnSteps, planAt } from './plan-at.ts';
import { type CataloguePlan, planCatalogue } from './plan-catalogue.ts';
import { diffPlans } from './plan-diff.ts';
import { openPlan, writePlan } from './plan-file.ts';
import { namedPolicy } from './policy.ts';
import { openMadeSources } from './test-source.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-plan-'));
const sources = await openMadeSources();
after(async () => {
  await sources[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const SNAPSHOT = {
  tracks: [
    { popularity: 70, durationMs: 200_000, artist: 0, licence: 'CC0-1.0' },
    { popularity: 2, durationMs: 100_000, artist: 0, licence: 'CC-BY-4.0' },
    { popularity: 0, durationMs: 100_000, artist: 0 },
  ],
  artists: [{ popularity: 70, followers: 9999, place: 'IS' }],
};

async function made(name: string, budgetBytes: number | null): Promise<CataloguePlan> {
  const wishes = { rights: 'all', keepBytes: null, day: '2026-01-01' } as const;
  const policy = { ...namedPolicy('popularity-2025')!, listens: 'model' as const };
  const plan = await planCatalogue(sources.source(SNAPSHOT), '0123456789abcdef', {
    ...{ ...wishes, policy, budgetBytes },
  });
  writePlan(realDisk, { file: at(name), temporary: `${at(name)}.tmp` }, plan.header, plan);
  return plan;
}

const at = (name: string) => path.join(folder, name);

test('the file of a plan reads as the plan, and twice the same bytes', async () => {
  const plan = await made('a.plan', 5_000_000);
  await made('b.plan', 5_000_000);
  assert.deepEqual(fs.readFileSync(at('a.plan')), fs.readFileSync(at('b.plan')));
  using open = openPlan(realDisk, at('a.plan'));
  assert.deepEqual(open.header, JSON.parse(JSON.stringify(plan.header)));
  assert.deepEqual(open.curve, plan.curve);
  assert.deepEqual([0, 1, 2].map(open.codeAt), [0, 0x20, 0x25]);
  assert.deepEqual([0, 1, 2].map(open.stepAt), [0, 1, 2]);
  assert.deepEqual(
    [...open.codes()].map((chunk) => [...chunk]),
    [[0, 0x20, 0x25]],
  );
});

test('the worked bytes of the specification are those of the file', async () => {
  await made('w.plan', 5_000_000);
  const bytes = fs.readFileSync(at('w.plan'));
  const spec = fs.readFileSync(
    path.resolve(import.meta.dirname, '../../docs/formats/plan.md'),
    'utf8',
  );
  const told = createHash('sha256').update(bytes).digest('hex');
  assert.ok(spec.includes(`${bytes.length} bytes`), `${bytes.length} bytes`);
  assert.ok(spec.includes(told), told);
});

test('a changed byte is noticed where it is read, and a cut file at once', async () => {
  await made('c.plan', null);
  const whole = fs.readFileSync(at('c.plan'));
  for (const position of [2, 40, 5000, 9000]) {
    const bytes = Buffer.from(whole);
    bytes[position]! ^= 1;
    fs.writeFileSync(at('d.plan'), bytes);
    assert.throws(
      () => {
        using open = openPlan(realDisk, at('d.plan'));
        open.codeAt(0);
        open.stepAt(0);
      },
      { code: 'PLAN_DAMAGED' },
    );
  }
  fs.writeFileSync(at('d.plan'), whole.subarray(0, -1));
  assert.throws(() => openPlan(realDisk, at('d.plan')), { code: 'PLAN_DAMAGED' });
});

test('a diff says what was kept, gained and lost, and why', async () => {
  await made('small.plan', 5_000_000);
  await made('all.plan', null);
  using small = openPlan(realDisk, at('small.plan'));
  using all = openPlan(realDisk, at('all.plan'));
  assert.deepEqual(diffPlans(small, all), {
    ...{ kept: 1, gained: 2, lost: 0 },
    changes: [
      { was: 'skipped:over-budget', is: 'opus wanted', tracks: 1, examples: [2] },
      { was: 'skipped:over-budget', is: 'original', tracks: 1, examples: [1] },
    ],
  });
  assert.equal(diffPlans(all, small).lost, 2);
});

test('another budget is answered from the file alone, and the curve is drawn from it', async () => {
  await made('e.plan', 5_000_000);
  using open = openPlan(realDisk, at('e.plan'));
  const answer = planAt(open, 6_000_000);
  assert.equal(answer.taken.tracks, 2);
  assert.deepEqual(answer.change, { tracks: 1, bytes: 2_000_000, listens: 1217 });
  assert.equal(answer.nextGigabyte.tracks, Math.round(1 / (937_500 / 1e9)));
  const lines = curveCsv(open, drawnSteps(open, 10)).split('\n');
  assert.equal(lines.length, 5);
  assert.match(lines[1]!, /^4000000,4\.00 MB,1,.*,this plan$/);
  assert.match(lines[3]!, /end of popularity 0; end of popularity unknown$/);
  assert.equal(pointAt(open.curve, 3).opusBytes, 937_500);
});
