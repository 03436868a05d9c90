/** A snapshot searched in processes of its own: what they answer, and what becomes of one that is late or finds damage. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { realDisk } from '../src/base/disk.ts';
import { FonotecaError } from '../src/base/errors.ts';
import { unwatched } from '../src/base/progress.ts';
import { writeRankBitmap } from '../src/catalogue/rank-bitmap.ts';
import type { SearchQuestion } from '../src/catalogue/search-answer.ts';
import { startSearchProcesses } from '../src/catalogue/search-process.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import { TITLE_SAMPLES } from '../src/model/title-samples.ts';
import { buildSnapshot } from '../src/snapshots/build-snapshot.ts';
import { sampleTrack, writeSampleImport } from '../src/snapshots/import-samples.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-search-process-'));
const titles = TITLE_SAMPLES.flatMap((samples) => samples.titles);
let directory = '';

before(async () => {
  const catalogue = path.join(root, 'catalogue');
  const tracks = titles.map((title, number) =>
    sampleTrack({
      id: `song:${number}`,
      title,
      isrcs: [`QZABC26${String(number).padStart(5, '0')}`],
    }),
  );
  const popularity = { origin: 'charts', method: 'as given', date: null };
  writeSampleImport(catalogue, { tracks }, { source: 'song', popularity });
  await buildSnapshot(
    { memoryBytes: 2 ** 28 },
    { disk: realDisk, catalogue, watch: unwatched, threads: 1 },
  );
  using snapshot = openCurrentSnapshot(realDisk, catalogue);
  directory = snapshot.directory;
});
after(() => fs.rmSync(root, { recursive: true }));

const question = (text: string): SearchQuestion => ({
  ...{ text, group: 'tracks', limit: 10, cursor: null },
});

test('words, typing errors and ISRCs are answered from the snapshot', async () => {
  await using search = startSearchProcesses({ directory, answerMs: 20_000 });
  const wanted = ['ete a breme', 'ete a breem', 'isrc:QZ-ABC-26-00000'];
  const answers = await Promise.all(wanted.map((text) => search.search(question(text))));
  for (const { hits } of answers) assert.equal(hits.length, 1);
  assert.deepEqual(
    answers.map(({ hits }) => hits[0]!.reason),
    ['whole', 'typo', 'words'],
  );
  assert.equal(new Set(answers.map(({ hits }) => hits[0]!.rank)).size, 1);
});

test('what is held is read with the snapshot, and again when it changed', async () => {
  const [file, temporary] = [path.join(directory, 'held-tracks.bitmap'), path.join(root, 'held')];
  writeRankBitmap(realDisk, { file, temporary }, [1, 32, 449], titles.length);
  await using search = startSearchProcesses({ directory, processes: 1, answerMs: 20_000 });
  const { hits } = await search.search(question('held:yes'));
  assert.deepEqual(
    hits.map(({ rank }) => rank),
    [1, 32, 449],
  );
  writeRankBitmap(realDisk, { file, temporary }, [7], titles.length);
  const later = await search.search(question('held:yes'));
  assert.deepEqual(
    later.hits.map(({ rank }) => rank),
    [7],
  );
  fs.unlinkSync(file);
});

test('a question that takes too long is given up, and the next is answered by another process', async () => {
  let started = 0;
  const options = {
    directory,
    processes: 1,
    // Each turn of the loop below takes longer than a millisecond, so the first answer finds its time over.
    get answerMs() {
      started += 1;
      return started === 1 ? 1 : 20_000;
    },
  };
  await using search = startSearchProcesses(options);
  let isBusy = true;
  const turn = () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    if (isBusy) setImmediate(turn);
  };
  turn();
  await assert.rejects(search.search(question('love*')), hasCode('SEARCH_TOO_LONG'));
  isBusy = false;
  assert.equal((await search.search(question('ete a breme'))).hits.length, 1);
  assert.equal(started, 2);
});

test('more questions than can wait are turned away at once', async () => {
  await using search = startSearchProcesses({ directory, processes: 1, answerMs: 20_000 });
  const asked = Array.from({ length: 80 }, () => search.search(question('ete')));
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 80 - 65);
});

test('a folder without a snapshot is refused by its code', async () => {
  await using search = startSearchProcesses({ directory: root, processes: 1 });
  await assert.rejects(search.search(question('love')), hasCode('FILE_MISSING'));
});

test('damage is told, and what is not damaged is still answered', async () => {
  const copy = path.join(root, 'copy');
  fs.cpSync(directory, copy, { recursive: true });
  const file = path.join(copy, 'search-tracks-00.postings');
  const bytes = fs.readFileSync(file);
  bytes[10]! ^= 1;
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, bytes);
  await using search = startSearchProcesses({ directory: copy, processes: 1, answerMs: 20_000 });
  await assert.rejects(search.search(question('ete')), hasCode('SEARCH_INDEX_DAMAGED'));
  const { hits } = await search.search(question('isrc:QZABC2600000'));
  assert.equal(hits.length, 1);
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FonotecaError && error.code === code;
}
