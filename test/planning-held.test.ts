import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import type { Archive } from '../src/archive.ts';
import { unwatched } from '../src/base/progress.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import { choosePolicy, runCataloguePlanPreview } from '../src/catalogue-planning.ts';
import { matchIfCatalogued } from '../src/cataloguing.ts';
import { UNKNOWN_RIGHTS } from '../src/model/rights.ts';
import { statusOf } from '../src/planning/plan-code.ts';
import { refuseLargerBudget, runPlan } from '../src/stages.ts';
import { layoutOf } from '../src/store/layout.ts';
import { heldFact } from './support/held-facts.ts';
import { hold, smallArchive } from './support/small-archive.ts';
import { buildSmallCatalogue } from './support/small-catalogue.ts';

const uuid = (digit: number) => `${digit}0000000-0000-4000-8000-00000000000${digit}`;
const NAMES = ['Slow Water', 'Deep Water', 'Cold Rooms', 'Watter Mill'];
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-plan-held-'));
after(() => fs.rmSync(root, { recursive: true }));

test('a plan knows of each held track that it is held, its right, and what was withdrawn', async () => {
  await using small = await smallArchive({ root });
  const { disk, ledger, clock } = small;
  const rows = NAMES.map((title, at) => ({
    ...{ id: uuid(at + 1), title, artist: 'Norden', duration_ms: 200_000 + at * 9000 },
  }));
  await buildSmallCatalogue(path.join(root, 'catalogue'), { rows });
  const rights = { ...UNKNOWN_RIGHTS, licence: 'CC-BY-4.0' };
  const facts = NAMES.slice(0, 3).map((title, at) =>
    heldFact(title, {
      ...{ title, artist: 'Norden', durationMs: 200_000 + at * 9000 },
      ...(at !== 1 && { rights }),
    }),
  );
  await ledger.commit(facts.map(({ fact }) => fact));
  const config = { plan: { policy: 'popularity-2025', budget: 'none', tail: 'opus' } };
  const archive = { disk, ledger, clock, config, layout: layoutOf(root) } as unknown as Archive;
  await matchIfCatalogued(archive, unwatched);
  const gone = facts[2]!.fact;
  assert.ok(gone.kind === 'holding-added');
  const { digest } = gone.holding;
  await ledger.commit([
    {
      ...{ kind: 'withdrawn', digest, audioDigest: null, subject: null },
      ...{ reason: 'other', date: '2026-01-02T00:00:00Z' },
    },
  ]);
  const plan = await runCataloguePlanPreview(archive, {});
  using snapshot = openCurrentSnapshot(disk, path.join(root, 'catalogue'));
  const statusByName = new Map(
    snapshot
      .tracksAt([0, 1, 2, 3])
      .map((track) => [track!.title, statusOf(plan.codes[track!.rank]!)]),
  );
  assert.deepEqual(
    NAMES.map((title) => statusByName.get(title)),
    ['original held', 'original dark held', 'skipped:withdrawn', 'original wanted'],
  );
});

test('of several copies the one that may be used for most stands for its track', async () => {
  const place = path.join(root, 'copies');
  await using small = await smallArchive({ root: place });
  const { disk, ledger, clock } = small;
  const description = { title: 'Slow Water', artist: 'Norden', durationMs: 200_000 };
  await buildSmallCatalogue(path.join(place, 'catalogue'), {
    rows: [{ id: uuid(1), title: 'Slow Water', artist: 'Norden', duration_ms: 200_000 }],
  });
  const config = { plan: { policy: 'popularity-2025', budget: 'none', tail: 'opus' } };
  const archive = { disk, ledger, clock, config, layout: layoutOf(place) } as unknown as Archive;
  const statusWith = async (name: string, licence: string | null) => {
    const rights = { ...UNKNOWN_RIGHTS, licence };
    await ledger.commit([heldFact(name, { ...description, rights }).fact]);
    await matchIfCatalogued(archive, unwatched);
    return statusOf((await runCataloguePlanPreview(archive, {})).codes[0]!);
  };
  assert.equal(await statusWith('first', null), 'original dark held');
  assert.equal(await statusWith('second', 'CC-BY-ND-4.0'), 'original held');
  assert.equal(await statusWith('third', null), 'original held');
});

test('the settings’ word that nothing is re-encoded stands above all of a policy', () => {
  const file = path.join(root, 'policy.toml');
  fs.writeFileSync(file, 'name = "mine"\nunknown = "opus"\n');
  const config = { plan: { tail: 'original' } };
  const { tail, unknown } = choosePolicy({ config } as unknown as Archive, file);
  assert.deepEqual([tail, unknown], ['original', 'original']);
});

test('a day does not plan for more than the plan in force was made for', async () => {
  const place = path.join(root, 'budget');
  await using small = await smallArchive({ root: place });
  const { disk, ledger, clock } = small;
  const layout = layoutOf(place);
  const archiveWith = (budget: string) =>
    ({
      ...{ disk, ledger, clock, layout },
      config: {
        plan: { policy: 'default', budget, tail: 'original', secondary_cutoff: 0 },
        encode: { opus: { kbps: 75 } },
      },
    }) as unknown as Archive;
  await hold(small, [{ bytes: new Uint8Array(5000), title: 'One', artist: 'Ana', album: 'A' }]);
  await refuseLargerBudget(archiveWith('none'));
  await runPlan(archiveWith('none'), { budget: '1kB' });
  for (const larger of ['none', '10kB'])
    await assert.rejects(refuseLargerBudget(archiveWith(larger)), { code: 'PLAN_BUDGET_LARGER' });
  // Of these settings the one file is as little a part as of the plan in force.
  for (const fits of ['2kB', '1kB', '500B']) await refuseLargerBudget(archiveWith(fits));
  await runPlan(archiveWith('none'), {});
  await refuseLargerBudget(archiveWith('none'));
});
