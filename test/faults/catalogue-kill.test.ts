/** Import and build killed at random moments: the next run completes them, with the same files as if nothing had happened. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realDisk } from '../../src/base/disk.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import type { BuildJob, ImportJob } from '../../src/benching/stage-job.ts';
import { generatedMapping } from '../../src/generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../../src/generating/shape.ts';
import { writeShard } from '../../src/generating/write-shard.ts';
import { digestsBelow, runCatalogueStage } from '../support/catalogue-stage.ts';

const ROWS = 3 * BLOCK_TRACKS;
/** Of each stage; each completion follows two kills, the second one of the run that resumes. */
const COMPLETIONS = 13;
/** Node is not yet at work before. */
const START_MS = 200;

const seed = Number(process.env.FONOTECA_KILL_SEED ?? 20_261_121);
const random = seededRandom(seed);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-catalogue-kill-'));
after(() => fs.rmSync(folder, { recursive: true }));

let paths: readonly string[] = [];
before(async () => {
  const catalogue = { seed: 3, rows: ROWS, revision: 2 };
  const input = path.join(folder, 'input');
  fs.mkdirSync(input);
  const files = await writeShard(realDisk, input, catalogue, { number: 0, from: 0, to: ROWS });
  paths = files.map((file) => file.path);
});

const importJob = (catalogue: string): ImportJob => ({
  kind: 'import',
  catalogue,
  mapping: generatedMapping('kill'),
  paths,
  dumpDate: '2026-01-01',
  pieceRows: 2000,
});

/** The record tells when it was made, and nothing else of a run differs from the next. */
function undated(name: string, bytes: Buffer): Buffer {
  if (path.basename(name) !== 'import.json') return bytes;
  return Buffer.from(bytes.toString().replace(/"importedAt":"[^"]*"/, ''));
}

function newCatalogue(name: string): string {
  const catalogue = path.join(folder, name);
  fs.mkdirSync(catalogue);
  return catalogue;
}

/** Runs `start` until `kills` runs of it were killed, each at a random moment of the time it takes, and once to its end. */
async function killAndComplete(
  start: (killMs?: number) => Promise<unknown>,
  tookMs: number,
): Promise<number> {
  let kills = 0;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const moment = START_MS + random.below(Math.max(1, Math.ceil(tookMs - START_MS)));
    if ((await start(moment)) === undefined) kills += 1;
  }
  assert.notEqual(await start(), undefined);
  return kills;
}

describe(`killed at random moments (seed ${seed})`, () => {
  test('an import is completed with the same files', async () => {
    const whole = newCatalogue('import-whole');
    const startMs = performance.now();
    await runCatalogueStage(importJob(whole));
    const tookMs = performance.now() - startMs;
    const wanted = digestsBelow(whole, undated);
    assert.ok(wanted.length > 10, 'several shards');
    let kills = 0;
    for (let at = 0; at < COMPLETIONS; at += 1) {
      const catalogue = newCatalogue(`import-${at}`);
      kills += await killAndComplete(
        (killMs) => runCatalogueStage(importJob(catalogue), killMs),
        tookMs,
      );
      assert.deepEqual(digestsBelow(catalogue, undated), wanted, `completion ${at}`);
      fs.rmSync(catalogue, { recursive: true });
    }
    assert.ok(kills >= COMPLETIONS, `only ${kills} runs were killed in time`);
  });

  test('a build is completed with the same files, and nothing else is left', async () => {
    const base = newCatalogue('build-base');
    const imported = await runCatalogueStage(importJob(base));
    const jobIn = (catalogue: string): BuildJob => ({
      kind: 'build',
      catalogue,
      imports: [imported!.id],
      threads: 2,
      keepsImports: true,
    });
    const whole = path.join(folder, 'build-whole');
    fs.cpSync(base, whole, { recursive: true });
    const startMs = performance.now();
    await runCatalogueStage(jobIn(whole));
    const tookMs = performance.now() - startMs;
    const wanted = digestsBelow(whole);
    let kills = 0;
    for (let at = 0; at < COMPLETIONS; at += 1) {
      const catalogue = path.join(folder, `build-${at}`);
      fs.cpSync(base, catalogue, { recursive: true });
      kills += await killAndComplete(
        (killMs) => runCatalogueStage(jobIn(catalogue), killMs),
        tookMs,
      );
      assert.deepEqual(digestsBelow(catalogue), wanted, `completion ${at}`);
      fs.rmSync(catalogue, { recursive: true });
    }
    assert.ok(kills >= COMPLETIONS, `only ${kills} runs were killed in time`);
  });
});
