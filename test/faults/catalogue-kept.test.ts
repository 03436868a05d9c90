/**
 * A build that is cut short while it writes rows, their ranges already gone: it goes on behind what was made durable in the
 * unfinished files, and is completed with the same files.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Disk, realDisk } from '../../src/base/disk.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import type { ProgressEvent } from '../../src/base/progress.ts';
import { generatedMapping } from '../../src/generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../../src/generating/shape.ts';
import { writeShard } from '../../src/generating/write-shard.ts';
import { buildSnapshot } from '../../src/snapshots/build-snapshot.ts';
import type { BuildState, KeptRows } from '../../src/snapshots/build-state.ts';
import { digestsBelow, runCatalogueStage } from '../support/catalogue-stage.ts';

/** Three pieces of rows, and several times as many ranges as are let go at a time. */
const ROWS = 70 * BLOCK_TRACKS;
const RANGE_ROWS = 10_000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-catalogue-kept-'));
after(() => fs.rmSync(folder, { recursive: true }));
const base = path.join(folder, 'base');
let imports: readonly string[] = [];
let wanted: string[] = [];

before(async () => {
  const input = path.join(folder, 'input');
  for (const each of [input, base]) fs.mkdirSync(each);
  const catalogue = { seed: 5, rows: ROWS, revision: 1 };
  const files = await writeShard(realDisk, input, catalogue, { number: 0, from: 0, to: ROWS });
  const imported = await runCatalogueStage({
    ...{ kind: 'import', catalogue: base, mapping: generatedMapping('kept') },
    ...{ paths: files.map((file) => file.path), dumpDate: '2026-01-01' },
  });
  imports = [imported!.id];
  const whole = copyOf('whole');
  await runCatalogueStage(jobOf(whole, undefined));
  wanted = digestsBelow(whole);
});

function copyOf(name: string): string {
  const catalogue = path.join(folder, name);
  fs.cpSync(base, catalogue, { recursive: true });
  return catalogue;
}

function jobOf(catalogue: string, rangeRows: number | undefined = RANGE_ROWS) {
  const asked = { imports, threads: 2, keepsImports: true };
  return { kind: 'build', catalogue, ...asked, ...(rangeRows && { rangeRows }) } as const;
}

function workOf(catalogue: string): string {
  const building = path.join(catalogue, 'building');
  const [id] = fs.existsSync(building) ? fs.readdirSync(building) : [];
  return path.join(building, id ?? 'none', 'work');
}

/** What is kept of tracks in a build under way. */
function keptOf(catalogue: string): KeptRows | undefined {
  const file = path.join(workOf(catalogue), 'state.json');
  if (!fs.existsSync(file)) return undefined;
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as BuildState).kept?.tracks;
}

/** How many ranges of tracks lie in the folder of work. */
const rangesOf = (catalogue: string) =>
  fs.readdirSync(path.join(workOf(catalogue), 'ranges-tracks')).length;

/** Builds in this thread on `disk` until more than `ranges` ranges are kept; `seen` hears how many tracks are written. */
function buildUntil(
  catalogue: string,
  disk: Disk,
  ranges: number,
  seen: (tracks: number) => void = () => {},
) {
  const stopping = new AbortController();
  const progress = ({ stage, doneItems }: ProgressEvent) => {
    if (stage === 'write tracks') seen(doneItems);
    if ((keptOf(catalogue)?.ranges ?? 0) > ranges) stopping.abort();
  };
  return buildSnapshot(
    { imports, rangeRows: RANGE_ROWS },
    { disk, catalogue, threads: 1, watch: { progress, stop: stopping.signal } },
  );
}

/** Builds in this thread and others, and asks it to stop when `isTime`; whether it did before its end. */
async function isStoppedAt(catalogue: string, isTime: () => boolean): Promise<boolean> {
  const stopping = new AbortController();
  const asking = setInterval(() => {
    if (isTime()) stopping.abort();
  }, 5);
  try {
    const watch = { progress: () => undefined, stop: stopping.signal };
    const asked = { imports, rangeRows: RANGE_ROWS };
    const { manifest } = await buildSnapshot(asked, {
      ...{ disk: realDisk, catalogue, threads: 2, watch },
    });
    return manifest === null;
  } finally {
    clearInterval(asking);
  }
}

describe('rows that were kept stand for ranges that are gone', () => {
  test('killed, asked to stop and killed again, a build is completed with the same files', async () => {
    const catalogue = copyOf('killed');
    const job = jobOf(catalogue);
    const isKept = (ranges: number) => () => (keptOf(catalogue)?.ranges ?? 0) >= ranges;
    assert.equal(await runCatalogueStage(job, isKept(8)), undefined);
    const { ranges, rows } = keptOf(catalogue)!;
    const written: number[] = [];
    const seen = (tracks: number) => written.push(tracks);
    assert.equal((await buildUntil(catalogue, realDisk, ranges, seen)).manifest, null);
    assert.ok(written[0]! >= rows, `began at ${written[0]} of ${rows} rows`);
    const stopped = keptOf(catalogue)!;
    assert.equal(stopped.rows, written.at(-1), 'asked to stop, it keeps all that it has written');
    assert.ok(rangesOf(catalogue) <= ROWS / RANGE_ROWS - stopped.ranges + 1, 'ranges are gone');
    const isWritten = () => keptOf(catalogue)?.rows === ROWS;
    // On a machine that is busy otherwise, it may have come to its end.
    if (await isStoppedAt(catalogue, isWritten))
      assert.equal(await runCatalogueStage(job, isWritten), undefined);
    assert.notEqual(await runCatalogueStage(job), undefined);
    assert.deepEqual(digestsBelow(catalogue), wanted);
  });

  test('a disk that is full when the files are finished costs none of them', async () => {
    const catalogue = copyOf('full');
    const full: Disk = {
      ...realDisk,
      renameReplace(from, to) {
        if (to.endsWith(refused)) throw new FonotecaError('DISK_FULL', to);
        realDisk.renameReplace(from, to);
      },
    };
    let refused = '';
    for (refused of ['statistics/tracks.parquet', 'isrcs.index'])
      await assert.rejects(buildUntil(catalogue, full, Number.POSITIVE_INFINITY), {
        code: 'DISK_FULL',
      });
    assert.ok(keptOf(catalogue)!.ranges >= 8);
    assert.notEqual(await runCatalogueStage(jobOf(catalogue)), undefined);
    assert.deepEqual(digestsBelow(catalogue), wanted);
  });
});
