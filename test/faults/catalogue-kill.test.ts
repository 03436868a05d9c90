/** Import and build killed at random moments: the next run completes them, with the same files as if nothing had happened. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realDisk } from '../../src/base/disk.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import type { ImportJob } from '../../src/benching/stage-job.ts';
import { type GeneratedFormat, generatedMapping } from '../../src/generating/generated-columns.ts';
import { writeParquetShard } from '../../src/generating/parquet-shard.ts';
import { BLOCK_TRACKS } from '../../src/generating/shape.ts';
import { writeShard } from '../../src/generating/write-shard.ts';
import { digestsBelow, runCatalogueStage } from '../support/catalogue-stage.ts';

const ROWS = 3 * BLOCK_TRACKS;
/** Each completion follows two kills, the second one of the run that resumes: 52 in all. */
const COMPLETIONS = { lines: 8, parquet: 5, build: 13 } as const;
/** A machine that got faster meanwhile ends before it is killed; then the moment is drawn from a shorter time. */
const MOST_ATTEMPTS = 60;
const SHORTER = 0.8;
/** Node is not yet at work before. */
const START_MS = 200;

const seed = Number(process.env.FONOTECA_KILL_SEED ?? 20_261_121);
const random = seededRandom(seed);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-catalogue-kill-'));
after(() => fs.rmSync(folder, { recursive: true }));

const paths: Record<GeneratedFormat, readonly string[]> = { jsonl: [], parquet: [] };
before(async () => {
  const catalogue = { seed: 3, rows: ROWS, revision: 2 };
  const shard = { number: 0, from: 0, to: ROWS };
  for (const [format, write] of [
    ['parquet', writeParquetShard],
    ['jsonl', writeShard],
  ] as const) {
    const input = path.join(folder, format);
    fs.mkdirSync(input);
    paths[format] = (await write(realDisk, input, catalogue, shard)).map((file) => file.path);
  }
});

const importJob = (catalogue: string, format: GeneratedFormat = 'jsonl'): ImportJob => ({
  kind: 'import',
  catalogue,
  mapping: generatedMapping('kill', format),
  paths: paths[format],
  dumpDate: '2026-01-01',
  pieceRows: 2000,
});

/** The record tells when it was made, and nothing else of a run differs from the next. */
function undated(name: string, bytes: Buffer): Buffer {
  if (path.basename(name) !== 'import.json') return bytes;
  return Buffer.from(bytes.toString().replace(/"importedAt":"[^"]*"/, ''));
}

interface Stage {
  readonly name: keyof typeof COMPLETIONS;
  /** A new folder that the stage works in. */
  readonly prepare: (folder: string) => void;
  /** Undefined when it was killed. */
  readonly run: (folder: string, killMs?: number) => Promise<unknown>;
  readonly digests: (folder: string) => unknown;
}

/** Kills the stage twice and completes it, as often as `COMPLETIONS` says; the files must be those of a run that nobody killed. */
async function killAndCompare({ name, prepare, run, digests }: Stage): Promise<void> {
  const whole = path.join(folder, `${name}-whole`);
  prepare(whole);
  const startMs = performance.now();
  await run(whole);
  let tookMs = performance.now() - startMs;
  const wanted = digests(whole);
  let completions = 0;
  for (let attempt = 0; completions < COMPLETIONS[name]; attempt += 1) {
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
  for (const [name, format, leastFiles] of [
    ['lines', 'jsonl', 11],
    ['parquet', 'parquet', 6],
  ] as const)
    test(`an import of ${name} is completed with the same files`, async () => {
      await killAndCompare({
        name,
        prepare: (place) => fs.mkdirSync(place),
        run: (place, killMs) => runCatalogueStage(importJob(place, format), killMs),
        digests: (place) => digestsBelow(place, undated),
      });
      const files = digestsBelow(path.join(folder, `${name}-whole`));
      assert.ok(files.length >= leastFiles, `several shards: ${files.length} files`);
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
