import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { type Manifest, writeManifest } from '../catalogue/manifest.ts';
import { importDumpSchema } from '../model/import-record.ts';
import type { ImportReport, ImportRequest } from './import-request.ts';
import { refuseOlder } from './older-dumps.ts';
import { runImport } from './run-import.ts';
import { depsOf, folderOf, songMapping } from './test-import.ts';

const NO_ROWS = { read: 0, kept: 0, merged: 0, refused: 0 };
/** A disk that lets nobody read a dump. */
const UNREAD = {
  ...realDisk,
  openForReading(file: string) {
    if (file.endsWith('.jsonl')) throw new Error(`${file} was read`);
    return realDisk.openForReading(file);
  },
};

/** A state of a source: `2026-11-01`, `7`, both with a space between them, or nothing. */
function dumpOf(text: string) {
  const [, date, sequence] = /^(\d{4}-\d\d-\d\d)? ?(\d+)?$/.exec(text)!;
  return importDumpSchema.parse({
    ...{ date: date ?? null, sequence: sequence === undefined ? null : Number(sequence) },
  });
}

/** The manifest of a snapshot of nothing that was built from `songs` of `date`. */
function manifestOf(date: string): Manifest {
  return {
    ...{ format: 'fonoteca-catalogue-snapshot/3', id: '0123456789abcdef', popularity: null },
    sources: [
      {
        ...{ import: 'songs-0123456789abcdef', source: 'songs', licence: null },
        ...{ otherLicences: [], dump: { date, sequence: null } },
      },
    ],
    rows: { tracks: 0, albums: 0, artists: 0 },
    tiers: { heard: 0, zero: 0, unknown: 0 },
    counts: { tracks: NO_ROWS, albums: NO_ROWS, artists: NO_ROWS },
    ...{ merges: [], digestBlockBytes: 16_777_216, files: [] },
  };
}

/** Imports a file of its own for each call into one catalogue. */
function importer(folder: string) {
  let files = 0;
  return (
    dumpDate: string | undefined,
    { name = `${files}.jsonl`, preset = songMapping(), disk = realDisk } = {},
  ): Promise<ImportReport> => {
    files += 1;
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) fs.writeFileSync(file, `{"id":"${name}","title":"T","artist":"A"}\n`);
    const request: ImportRequest = { preset, paths: [file], dumpDate };
    return runImport(request, depsOf(folder, { disk }));
  };
}

describe('a dump that comes too late', () => {
  test('is one that is older by number or day, or that a build would pass over', () => {
    const cases: readonly (readonly [string, string[], string | undefined, string?])[] = [
      ['2026-11-01', [], undefined],
      ['2026-11-01', ['2026-11-01', '2026-10-01', ''], undefined],
      ['2026-10-31', ['2026-10-01', '2026-11-01'], 'IMPORT_OLDER', '2026-10-31, and 2026-11-01'],
      ['', ['', ''], undefined],
      ['', ['2026-10-01', '2026-11-01', ''], 'IMPORT_UNDATED', 'no date, and 2026-11-01'],
      ['7', ['2026-11-01 6'], 'IMPORT_UNDATED', 'no date, and 2026-11-01 / 6'],
      ['2026-11-02 6', ['2026-11-01 7'], 'IMPORT_OLDER', '2026-11-02 / 6, and 2026-11-01 / 7'],
      ['2026-10-01 8', ['2026-11-01 7'], 'IMPORT_OLDER', '2026-10-01 / 8, and 2026-11-01 / 7'],
      ['2026-11-01', ['2026-11-01 7'], 'IMPORT_OLDER', '2026-11-01, and 2026-11-01 / 7'],
      ['2026-11-01 8', ['2026-11-01 7', '2026-10-01'], undefined],
    ];
    for (const [dump, others, code, seen] of cases) {
      const refuse = () => refuseOlder(dumpOf(dump), others.map(dumpOf), 'all');
      if (code === undefined) assert.doesNotThrow(refuse, dump);
      else assert.throws(refuse, { code, seen: `${seen} is imported` }, dump);
    }
    // What is not read yet may still say its day and its number.
    for (const dump of ['', '2026-11-01'])
      assert.doesNotThrow(() => refuseOlder(dumpOf(dump), [dumpOf('2026-11-01 7')], 'part'));
  });

  test('is refused by the snapshots too, when the import that they were built from is gone', async () => {
    using folder = folderOf();
    const run = importer(folder.path);
    const snapshot = path.join(folder.path, 'snapshots', '0123456789abcdef');
    fs.mkdirSync(snapshot, { recursive: true });
    writeManifest(realDisk, snapshot, manifestOf('2026-02-01'));
    await assert.rejects(run('2025-01-01'), { code: 'IMPORT_OLDER' });
    await assert.rejects(run(undefined), { code: 'IMPORT_UNDATED' });
    assert.ok((await run('2025-01-01', { preset: songMapping({ name: 'others' }) })).record);
    assert.ok((await run('2026-02-01')).record);
  });

  test('without a day is refused behind one that has a day, until its day is said', async () => {
    using folder = folderOf();
    const run = importer(folder.path);
    const undated = await run(undefined, { name: 'first.jsonl' });
    await run('2026-11-01');
    await assert.rejects(run(undefined), { code: 'IMPORT_UNDATED', exit: 2 });
    assert.ok((await run('2026-11-02')).record);
    // What was imported before is there, and the same files change nothing.
    const again = await run(undefined, { name: 'first.jsonl' });
    assert.deepEqual([again.fresh, again.record], [false, undated.record]);
  });

  test('is refused before it is read where the command or its name says the day', async () => {
    using folder = folderOf();
    const run = importer(folder.path);
    const dated = songMapping({ dated: 'songs-(\\d{4})(\\d{2})(\\d{2})' });
    await run(undefined, { name: 'songs-20261101.jsonl', preset: dated });
    const disk = UNREAD;
    await assert.rejects(run('2026-10-01', { disk }), { code: 'IMPORT_OLDER' });
    await assert.rejects(run(undefined, { disk }), { code: 'IMPORT_UNDATED' });
    const name = 'songs-20261001.jsonl';
    await assert.rejects(run(undefined, { name, preset: dated, disk }), { code: 'IMPORT_OLDER' });
    await assert.rejects(run('2026-11-02', { disk }), /was read/);
  });

  test('is refused as soon as a file of it says so', async () => {
    using folder = folderOf({ 'dump/DAY': '2026-10-01\n', 'dump/songs.jsonl': '' });
    const preset = songMapping({ facts: [{ match: 'DAY', fact: 'date' }] });
    const run = importer(folder.path);
    await run('2026-11-01', { preset });
    let opened = 0;
    const openForReading = (file: string) => {
      if (file.endsWith('songs.jsonl')) opened += 1;
      return realDisk.openForReading(file);
    };
    const request = { preset, paths: [path.join(folder.path, 'dump')] };
    const deps = depsOf(folder.path, { disk: { ...realDisk, openForReading } });
    await assert.rejects(runImport(request, deps), { code: 'IMPORT_OLDER' });
    // For its digest, and not again.
    assert.equal(opened, 1);
  });
});
