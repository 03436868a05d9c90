import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import {
  sampleAlbum,
  sampleArtist,
  sampleTrack,
  writeSampleImport,
} from '../src/snapshots/import-samples.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-catalogue-'));
const catalogue = path.join(root, 'archive', 'catalogue');
after(() => fs.rmSync(root, { recursive: true }));

async function run(...words: string[]) {
  const { code, stdout, stderr } = await runFonoteca(
    ['catalogue', ...words, '--archive', 'archive'],
    {
      cwd: root,
    },
  );
  return { code, said: stdout + stderr };
}

function writeDump(date: string, count: number): string {
  const tracks = Array.from({ length: count }, (_, number) =>
    sampleTrack({
      id: `x:t${number}`,
      title: `Kettle ${number}`,
      albumId: 'x:r',
      isrcs: ['QZABC2600001'],
      popularity: number,
    }),
  );
  const albums = [
    sampleAlbum({ id: 'x:r', title: 'Kettles', artistIds: ['x:a'], upc: '036000291452' }),
  ];
  const artists = [sampleArtist({ id: 'x:a', name: 'The Hazel Telegraph' })];
  return writeSampleImport(
    catalogue,
    { tracks, albums, artists },
    { source: 'x', date, popularity: { origin: 'x', method: 'given', date: null } },
  ).id;
}

describe('the catalogue on the command line', () => {
  const ids: string[] = [];
  let firstImport = '';

  before(async () => {
    const made = await runFonoteca(
      ['init', 'archive', '--name', 'X', '--contact', 'me@example.org'],
      { cwd: root },
    );
    assert.equal(made.code, 0, made.stderr);
  });

  test('says that there is nothing yet, and what to do', async () => {
    const listed = await run('list');
    assert.equal(listed.code, 0);
    assert.match(listed.said, /nothing imported yet/);
    for (const words of [['build'], ['show', 'x:t1']]) {
      const { code, said } = await run(...words);
      assert.equal(code, 2, said);
      assert.match(said, /catalogue import/);
    }
  });

  test('builds, and again changes nothing', async () => {
    firstImport = writeDump('2025-01-01', 30);
    assert.match((await run('build', '--dry-run')).said, /popularity x/);
    const { code, said } = await run('build');
    assert.equal(code, 0, said);
    assert.match(said, /30 tracks, 1 albums, 1 artists/);
    ids.push(/snapshot {2}([0-9a-f]{16})/.exec(said)![1]!);
    assert.match((await run('build')).said, /was there already/);
  });

  test('shows a track, an album with its tracks, an artist with its albums, an ISRC page by page, a UPC', async () => {
    assert.match(
      (await run('show', 'x:t7')).said,
      /title +Kettle 7\n[\s\S]*popularity +7, rank 22/,
    );
    assert.match((await run('show', 'x:r')).said, /album +Kettles[\s\S]*track +x:t29 /);
    assert.match((await run('show', 'x:a')).said, /artist +The Hazel Telegraph[\s\S]*album +x:r /);
    assert.match((await run('show', '036000291452')).said, /Kettles/);
    const { said } = await run('show', 'QZ-ABC-26-00001', '--limit', '3', '--after', '9');
    assert.deepEqual(said.match(/x:t\d+/g), ['x:t19', 'x:t18', 'x:t17']);
    assert.match(said, /--after 12/);
    assert.equal((await run('show', 'x:nobody')).code, 3);
  });

  test('keeps the snapshot before, tells what changed, goes back, and drops what is not in use', async () => {
    writeDump('2026-01-01', 32);
    const { said } = await run('build');
    ids.push(/snapshot {2}([0-9a-f]{16})/.exec(said)![1]!);
    const [older, newer] = ids as [string, string];
    assert.match(
      (await run('diff', older)).said,
      /tracks +2 new, 0 gone .*, 0 changed, 30 the same[\s\S]*new +track +x:t31 {2}/,
    );
    assert.match(
      (await run('diff', newer, older)).said,
      /tracks +0 new, 2 gone [\s\S]*gone +track +x:t31 {2}[\s\S]*changed +album +x:r .*: popularity$/m,
    );
    assert.equal((await run('drop', newer)).code, 2);
    assert.match((await run('use', older)).said, /in use/);
    assert.match((await run('drop', newer, '--dry-run')).said, /would remove/);
    assert.equal((await run('drop', newer)).code, 0);
    assert.equal((await run('drop', firstImport)).code, 0);
    const listed = await run('list');
    assert.match(listed.said, new RegExp(`${older}, in use`));
    assert.doesNotMatch(listed.said, new RegExp(newer));
  });

  test('writes tables for others, and finds a changed byte by file and place', async () => {
    assert.match((await run('export', 'out')).said, /tracks +30 rows/);
    assert.ok(fs.existsSync(path.join(root, 'out', 'tracks.parquet')));
    assert.match((await run('check')).said, /0 findings/);
    const file = path.join(catalogue, 'snapshots', ids[0]!, 'tracks.rows');
    const bytes = fs.readFileSync(file);
    bytes[40]! ^= 8;
    fs.writeFileSync(file, bytes);
    const { code, said } = await run('check');
    assert.equal(code, 12, said);
    assert.match(said, /tracks\.rows: bytes 0 to \d+/);
  });

  test('finds a changed byte in an import, and builds nothing of it', async () => {
    const id = writeDump('2026-03-01', 31);
    assert.match(
      (await run('check', id)).said,
      new RegExp(`^import +${id}: 3 files, .*, 0 findings`),
    );
    const file = path.join(catalogue, 'imports', id, 'tracks-00000.parquet');
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(file, bytes);
    for (const words of [['check'], ['check', id], ['build']]) {
      const { code, said } = await run(...words);
      assert.equal(code, 12, said);
      assert.match(
        said,
        new RegExp(`IMPORT_FILE_DAMAGED[\\s\\S]*imports/${id}/tracks-00000.parquet`),
      );
      assert.match(said, /SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}/);
    }
    assert.match((await run('build')).said, /import the same dump again/);
  });
});
