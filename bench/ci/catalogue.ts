/**
 * The catalogue at a million tracks, from generated files to answers: printed, and judged by what is found and how large
 * it is, never by its time. `node bench/ci/catalogue.ts [tracks]`
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { unwatched } from '../../src/base/progress.ts';
import { benchCatalogue } from '../../src/benching/bench-catalogue.ts';
import { benchTable } from '../../src/benching/bench-report.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
/** Known items of popularity 0 that "artist title" must bring into the first ten. */
const KNOWN_SHARE = 0.99;
const GIB = 2 ** 30;

const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-bench-'));
try {
  const report = await benchCatalogue(
    {
      ...{ seed: 1, rows: ROWS, revision: 1, questions: 200, keepsImports: false },
      ...{ folder: path.join(parent, 'catalogue'), threads: os.availableParallelism() },
    },
    { disk: realDisk, clock: systemClock, watch: unwatched },
  );
  process.stdout.write(`${benchTable(report)}\n`);
  const { serving, shape } = report;
  assert.equal(shape.tracks, ROWS);
  assert.equal(serving.missed, 0, 'tracks that are not found by their id or ISRC');
  assert.ok(serving.knownItems.byArtistAndTitle >= KNOWN_SHARE * serving.knownItems.asked);
  assert.ok(serving.ownBytes < 1.5 * GIB, 'memory of serving');
  assert.ok(Math.max(report.import.peakOwnBytes, report.build.peakOwnBytes) < 8 * GIB);
} finally {
  fs.rmSync(parent, { recursive: true });
}
