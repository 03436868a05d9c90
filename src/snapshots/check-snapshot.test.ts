import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import { startFlagBits } from '../catalogue/flag-bitmaps.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { sampleTrack, writeSampleImport } from './import-samples.ts';

const catalogue = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-check-'));
after(() => fs.rmSync(catalogue, { recursive: true }));
let directory = '';

before(async () => {
  writeSampleImport(catalogue, { tracks: [sampleTrack({ id: 'one:t' })] }, { source: 'one' });
  const deps = { disk: realDisk, catalogue, watch: unwatched, threads: 1 };
  directory = (await buildSnapshot({ memoryBytes: 2 ** 28 }, deps)).directory;
  const flags = startFlagBits(1);
  flags.add(0, 1);
  flags.write(realDisk, directory);
  fs.mkdirSync(path.join(directory, 'report'));
  fs.writeFileSync(path.join(directory, 'report/index.html'), '<p>Counted');
});

const findings = () =>
  checkSnapshot(realDisk, directory, unwatched).findings.map(({ code, subject }) => [
    code,
    subject,
  ]);

test('what a report left beside a snapshot is no finding', () => {
  assert.deepEqual(findings(), []);
});

test('a damaged bitmap of a flag is named, and so is what nobody knows', () => {
  const file = path.join(directory, 'flag-any.bitmap');
  const bytes = fs.readFileSync(file);
  bytes[0]! ^= 1;
  fs.writeFileSync(file, bytes);
  fs.writeFileSync(path.join(directory, 'notes.txt'), 'mine');
  assert.deepEqual(findings(), [
    ['SNAPSHOT_FILE_UNKNOWN', 'notes.txt'],
    ['SEARCH_INDEX_DAMAGED', 'flag-any.bitmap'],
  ]);
});
