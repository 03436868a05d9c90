/** Import and build killed at random moments: the next run completes them, with the same files as if nothing had happened. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realDisk } from '../../src/base/disk.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import type { ImportJob } from '../../src/benching/stage-job.ts';
import { generatedMapping } from '../../src/generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../../src/generating/shape.ts';
import { writeShard } from '../../src/generating/write-shard.ts';
import { digestsBelow, runCatalogueStage } from '../support/catalogue-stage.ts';

const ROWS = 3 * BLOCK_TRACKS;
/** Of each stage; each completion follows two kills, the second one of the run that resumes: 52 in all. */
const COMPLETIONS = 13;
/** A machine that got faster meanwhile ends before it is killed; then the moment is drawn from a shorter time. */
const MOST_ATTEMPTS = 60;
const SHORTER = 0.8;
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

interface Stage {
  readonly name: string;
  /** A new folder that the stage works in. */
  readonly prepare: (folder: string) => void;
  /** Undefined when it was killed. */
  readonly run: (folder: string, killMs?: number) => Promise<unknown>;
  readonly digests: (folder: string) => unknown;
}

/** Kills the stage twice and completes it, `COMPLETIONS` times; the files must be those of a run that nobody killed. */
async function killAndCompare({ name, prepare, run, digests }: Stage): Promise<void> {
  const whole = path.join(folder, `${name}-whole`);
  prepare(whole);
  const startMs = performance.now();
  await run(whole);
  let tookMs = performance.now() - startMs;
  const wanted = digests(whole);
  let completions = 0;
  for (let attempt = 0; completions < COMPLETIONS; attempt += 1) {
    assert.ok(attempt < MOST_ATTEMPTS, `only ${completions} completions of runs killed in time`);
    const place = path.join(folder, `${name}-${attempt}`);
    prepare(place);
    const first = START_MS + random.below(Math.max(1, Math.ceil(tookMs - START_MS)));
    const second = START_MS + random.below(Math.max(1, Math.ceil(tookMs - first)));
    const isKilled =
      (await run(place, first)) === undefined && (await run(place, second)) === undefined;
    if (isKilled) {
      assert.notEqual(await run(place), undefined);
      assert.deepEqual(digests(place), wanted, `completion ${completions}`);
      completions += 1;
    } else tookMs *= SHORTER;
    fs.rmSync(place, { recursive: true });
  }
}

describe(`killed at random moments (seed ${seed})`, () => {
  test('an import is completed with the same files', async () => {
    await killAndCompare({
      name: 'import',
      prepare: (place) => fs.mkdirSync(place),
      run: (place, killMs) => runCatalogueStage(importJob(place), killMs),
      digests: (place) => digestsBelow(place, undated),
    });
    assert.ok(digestsBelow(path.join(folder, 'import-whole')).length > 10, 'several shards');
  });

  test('a build is completed with the same files, and nothing else is left', async () => {
    const base = path.join(folder, 'build-base');
    fs.mkdirSync(base);
    const imported = await runCatalogueStage(importJob(base));
    await killAndCompare({
      name: 'build',
      prepare: (place) => fs.cpSync(base, place, { recursive: true }),
      run: (catalogue, killMs) =>
        runCatalogueStage(
          { kind: 'build', catalogue, imports: [imported!.id], threads: 2, keepsImports: true },
          killMs,
        ),
      digests: (place) => digestsBelow(place),
    });
  });
});
