/** One changed bit in each file of an import and of a snapshot: found by the check and named, and never read as something else. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import { unwatched } from '../../src/base/progress.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { makeQuestions } from '../../src/benching/question-classes.ts';
import { sampleTracks } from '../../src/benching/sample-tracks.ts';
import { searchRows } from '../../src/benching/search-rows.ts';
import { checkFile } from '../../src/catalogue/block-digests.ts';
import { listImports } from '../../src/catalogue/imports.ts';
import { readManifest } from '../../src/catalogue/manifest.ts';
import { SEARCH_GROUPS } from '../../src/catalogue/search-documents.ts';
import { openSearch } from '../../src/catalogue/search-engine.ts';
import { listSnapshots, openSnapshot } from '../../src/catalogue/snapshot-open.ts';
import { generatedMapping } from '../../src/generating/generated-columns.ts';
import { writeShard } from '../../src/generating/write-shard.ts';
import { buildSnapshot } from '../../src/snapshots/build-snapshot.ts';
import { checkImportFiles, importFiles } from '../../src/snapshots/check-imports.ts';
import { runCatalogueStage } from '../support/catalogue-stage.ts';

const CATALOGUE = { seed: 5, rows: 1200, revision: 2 };
/** How often each file gets a changed bit, each time elsewhere. */
const FLIPS = 2;
const QUESTIONS_OF_CLASS = 6;
/** Read page by page when every row and id is asked for, so that damage in them must come to light. */
const READ_WHOLE = /^(?:tracks|albums|artists)\.rows$|^(?:track|album|artist)-ids\.index$/;

const deps = { disk: realDisk, threads: 2, watch: unwatched };
const seed = Number(process.env.FONOTECA_ROT_SEED ?? 20_261_121);
const random = seededRandom(seed);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-catalogue-rot-'));
after(() => fs.rmSync(folder, { recursive: true }));

const sample = sampleTracks(CATALOGUE, 500);
const questions = Object.values(makeQuestions(sample, QUESTIONS_OF_CLASS)).flat();
const catalogue = path.join(folder, 'catalogue');
let directory = '';
let wanted = '';

before(async () => {
  const input = path.join(folder, 'input');
  for (const made of [input, catalogue]) fs.mkdirSync(made);
  const shard = { number: 0, from: 0, to: CATALOGUE.rows };
  const files = await writeShard(realDisk, input, CATALOGUE, shard);
  const imported = await runCatalogueStage({
    kind: 'import',
    catalogue,
    mapping: generatedMapping('rot'),
    paths: files.map((file) => file.path),
    dumpDate: '2026-01-01',
  });
  const built = await runCatalogueStage({
    kind: 'build',
    catalogue,
    imports: [imported!.id],
    threads: 2,
    keepsImports: true,
  });
  directory = built!.directory;
  wanted = readAll();
});

/** Everything that the snapshot answers to many questions, as one text. */
function readAll(): string {
  using snapshot = openSnapshot(realDisk, directory);
  const said: unknown[] = [];
  const { rows } = snapshot.manifest;
  for (let first = 0; first < rows.tracks; first += 1000) {
    const ranks = Array.from({ length: 1000 }, (_, at) => first + at);
    said.push(snapshot.albumsAt(ranks), snapshot.artistsAt(ranks));
    for (const track of snapshot.tracksAt(ranks)) {
      if (track === undefined) continue;
      said.push(track, snapshot.track(track.id)?.rank);
      for (const isrc of track.isrcs) said.push(snapshot.tracksByIsrc(isrc, { limit: 10 }));
      if (track.recordingId !== null)
        said.push(snapshot.tracksByRecording(track.recordingId, { limit: 10 }));
    }
  }
  for (const album of snapshot.albumsAt(Array.from({ length: rows.albums }, (_, at) => at))) {
    said.push(snapshot.album(album!.id)?.rank, snapshot.tracksOfAlbum(album!.id, { limit: 5 }));
    if (album!.upc !== null) said.push(snapshot.albumsByUpc(album!.upc, { limit: 5 }));
  }
  for (const artist of snapshot.artistsAt(Array.from({ length: rows.artists }, (_, at) => at)))
    said.push(snapshot.artist(artist!.id)?.rank, snapshot.albumsOfArtist(artist!.id, { limit: 5 }));
  using search = openSearch(realDisk, {
    ...{ directory, clock: systemClock, rows: searchRows(snapshot) },
    deadlineMs: 60_000,
  });
  for (const group of SEARCH_GROUPS)
    for (const question of questions)
      said.push(search.search({ ...question, group, limit: 20, cursor: null }));
  return JSON.stringify(said);
}

/** What is read with one bit of `file` changed: the answers, or the error. The file is as before afterwards. */
function withFlip<T>(file: string, read: () => T): T {
  const restore = flip(file);
  try {
    return read();
  } finally {
    restore();
  }
}

/** Changes one bit of `file`; what is returned changes it back. */
function flip(file: string): () => void {
  const descriptor = fs.openSync(file, fs.constants.O_RDWR);
  const position = random.below(fs.fstatSync(descriptor).size);
  const [byte] = [Buffer.alloc(1)];
  fs.readSync(descriptor, byte, 0, 1, position);
  fs.writeSync(descriptor, Buffer.from([byte[0]! ^ (1 << random.below(8))]), 0, 1, position);
  return () => {
    fs.writeSync(descriptor, byte, 0, 1, position);
    fs.closeSync(descriptor);
  };
}

describe(`a changed bit in an import (seed ${seed})`, () => {
  test('is found by the check in each file, which is named, and no snapshot is built of it', async () => {
    const files = listImports(realDisk, catalogue).flatMap(importFiles);
    assert.ok(new Set(files.map(({ table }) => table)).size > 4);
    const check = () => checkImportFiles(files, deps);
    assert.deepEqual((await check()).findings, []);
    // Where there is no snapshot of them yet.
    const build = () => buildSnapshot({}, { ...deps, catalogue: copy });
    const copy = path.join(folder, 'copy');
    fs.cpSync(path.join(catalogue, 'imports'), path.join(copy, 'imports'), { recursive: true });
    for (const { path: file, name } of files) {
      const restore = flip(file);
      const { findings } = await check();
      restore();
      assert.deepEqual(
        findings.map(({ code, subject }) => [code, subject]),
        [['IMPORT_FILE_DAMAGED', name]],
      );
      const restoreCopy = flip(file.replace(catalogue, copy));
      await assert.rejects(build(), { code: 'IMPORT_FILE_DAMAGED' });
      restoreCopy();
    }
    assert.deepEqual(listSnapshots(realDisk, copy), []);
  });
});

describe(`a changed bit in a snapshot (seed ${seed})`, () => {
  test('is found by the check in each file, and its block is named', () => {
    const { files } = readManifest(realDisk, directory);
    assert.ok(files.length > 25);
    for (const { path: name, bytes, blocks } of files) {
      const file = path.join(directory, name);
      const check = () => checkFile(realDisk, file, { name, bytes, blocks });
      assert.deepEqual(check(), [], name);
      const [finding, ...others] = withFlip(file, check);
      assert.deepEqual(others, []);
      assert.equal(finding?.code, 'SNAPSHOT_BLOCK', name);
      assert.equal(finding.subject, name);
      assert.match(finding.seen, /^bytes 0 to \d+$/);
    }
  });

  test('is never read as something else: answers stay the same, or the file is named', () => {
    const { files } = readManifest(realDisk, directory);
    assert.equal(readAll(), wanted, 'undamaged');
    let found = 0;
    for (const { path: name } of files)
      for (let flip = 0; flip < FLIPS; flip += 1) {
        const file = path.join(directory, name);
        const outcome = withFlip(file, () => {
          try {
            return readAll();
          } catch (error) {
            return error;
          }
        });
        if (typeof outcome === 'string') {
          assert.ok(outcome === wanted, `${name} was read otherwise`);
          assert.doesNotMatch(name, READ_WHOLE);
        } else {
          assert.ok(outcome instanceof FonotecaError, String(outcome));
          assert.match(outcome.code, /^(?:SNAPSHOT_|SEARCH_INDEX_DAMAGED)/);
          assert.ok(outcome.seen.includes(name), `${outcome.seen} does not name ${name}`);
          found += 1;
        }
      }
    assert.ok(found > 0);
  });

  test('in the manifest is told as such or changes nothing that is read', () => {
    const file = path.join(directory, 'manifest.json');
    const text = fs.readFileSync(file);
    fs.chmodSync(file, 0o644);
    fs.writeFileSync(file, text.subarray(0, text.length - 20));
    assert.throws(readAll, { code: 'SNAPSHOT_MANIFEST' });
    fs.writeFileSync(file, text);
    assert.equal(readAll(), wanted);
  });
});
