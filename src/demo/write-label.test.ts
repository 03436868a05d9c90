import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { startAudioReader } from '../formats/audio-reader.ts';
import { readCsvTable } from '../formats/csv-table.ts';
import { ALBUMS } from './label.ts';
import { albumFolder, soundFiles } from './label-files.ts';
import { composeLabel, type LabelSummary } from './write-label.ts';

/** One short file of each format, and all that are flawed. */
const CHOSEN = /Lint|Spoons|Kettle Knows|Письмо|Side B|Cellar|Unlabelled/;
const only = (file: string) => CHOSEN.test(file);

let root = '';
let one: LabelSummary;
let other: LabelSummary;

before(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-label-'));
  const disk = realDisk;
  one = await composeLabel({ directory: path.join(root, 'one'), disk, only });
  other = await composeLabel({ directory: path.join(root, 'other'), disk, only });
});

after(() => fs.rmSync(root, { recursive: true }));

function filesBelow(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

function verdictOf(file: string): { state: string; code: string | undefined; durationMs: number } {
  const reader = startAudioReader();
  reader.push(fs.readFileSync(file));
  const { verdict, durationMs } = reader.finish();
  return { state: verdict.state, code: verdict.code, durationMs: durationMs ?? 0 };
}

test('the same seed gives the same bytes in another folder', () => {
  const digests = [one, other].map(({ directory }) =>
    filesBelow(directory).map((file) => [
      file,
      sha256(fs.readFileSync(path.join(directory, file))),
    ]),
  );
  assert.equal(digests[0]!.length, one.files);
  assert.deepEqual(digests[0], digests[1]);
});

test('another seed gives other music', async () => {
  const directory = path.join(root, 'another');
  const made = await composeLabel({
    directory,
    disk: realDisk,
    seed: 'elsewhere',
    only: (file) => /Spoons/.test(file),
  });
  const file = made.sounds[0]!.path;
  assert.notEqual(
    sha256(fs.readFileSync(path.join(directory, file))),
    sha256(fs.readFileSync(path.join(one.directory, file))),
  );
});

test('every sound file is intact and as long as was composed, but for the two that are damaged on purpose', () => {
  const damaged = new Set(
    one.flawed.filter(({ flaw }) => flaw !== 'without-right').map(({ path: file }) => file),
  );
  assert.equal(damaged.size, 2);
  for (const { path: file, durationMs } of one.sounds) {
    const verdict = verdictOf(path.join(one.directory, file));
    assert.equal(
      verdict.state,
      damaged.has(file) ? 'damaged' : 'intact',
      `${file}: ${verdict.code}`,
    );
    if (!damaged.has(file)) assert.ok(Math.abs(verdict.durationMs - durationMs) < 60, file);
  }
});

test('the table has a row with a licence for every file but the one without a right and the foreign one', () => {
  const table = readCsvTable(fs.readFileSync(path.join(one.directory, one.table)));
  assert.ok('rows' in table);
  const column = (name: string) => table.header.indexOf(name);
  const rows = new Map(table.rows.map(({ cells }) => [cells[column('path')]!, cells]));
  const left = filesBelow(one.directory).filter((file) => !rows.has(file));
  assert.deepEqual(left.sort(), ['Found in a Drawer/01 Unlabelled Cassette.mp3', 'notes.tmp']);
  for (const [file, cells] of rows) {
    assert.ok(fs.existsSync(path.join(one.directory, file)), file);
    assert.equal(cells[column('licence')], 'CC0-1.0', file);
    assert.equal(cells[column('evidence')], 'LICENCE.txt', file);
    assert.equal(cells[column('isrc')], '', file);
  }
});

test('covers, a cue sheet and lyrics lie beside the sound', () => {
  const files = filesBelow(one.directory);
  for (const ending of ['cover.png', '.cue', '.lrc', '.m3u8'])
    assert.equal(
      files.some((file) => file.endsWith(ending)),
      ending !== '.m3u8',
      ending,
    );
});

test('a folder that holds anything is left alone', async () => {
  const directory = path.join(root, 'taken');
  fs.mkdirSync(directory);
  fs.writeFileSync(path.join(directory, 'letter.txt'), 'mine');
  await assert.rejects(
    composeLabel({ directory, disk: realDisk, only: () => false }),
    (error) => error instanceof FonotecaError && error.code === 'FILE_EXISTS',
  );
  assert.deepEqual(filesBelow(directory), ['letter.txt']);
});

test('the catalogue has the size and the spread that a newcomer is promised', () => {
  const sounds = soundFiles();
  assert.equal(new Set(ALBUMS.map(({ artist }) => artist)).size, 4);
  assert.equal(new Set(ALBUMS.map(albumFolder)).size, 6);
  assert.ok(ALBUMS.flatMap(({ pieces }) => pieces).length >= 24);
  assert.equal(new Set(sounds.map(({ path: file }) => file)).size, sounds.length);
  const popularity = ALBUMS.flatMap(({ pieces }) => pieces.map((piece) => piece.popularity));
  assert.ok(popularity.filter((value) => value === 0).length >= 6, 'a long tail');
  assert.ok(popularity.filter((value) => value === undefined).length >= 2, 'some unknown');
  assert.equal(Math.max(...popularity.map((value) => value ?? 0)), 90);
  for (const { coding, popularity: value } of ALBUMS.flatMap(({ pieces }) => pieces))
    if (value === 0)
      assert.match(coding, /^(?:flac|wav|vorbis-high)$/, 'only what gains by it is re-encoded');
});
