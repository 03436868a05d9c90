/** A snapshot searched in processes of its own: what they answer, and what becomes of one that is late or finds damage. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
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

test('answers leave nothing behind in the process that asked', async () => {
  await using search = startSearchProcesses({ directory, processes: 1, answerMs: 20_000 });
  const ask = async (times: number): Promise<number> => {
    for (let time = 0; time < times; time += 1) {
      const { hits } = await search.search({ ...question('somebody'), limit: 500 });
      assert.equal(hits.length, titles.length);
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await ask(50);
  // Each answer is some 15 KB of text.
  const grown = (await ask(400)) - before;
  assert.ok(grown < 2 * 2 ** 20, `${grown} bytes more`);
});

const skip = !fs.existsSync(`/proc/self/task/${process.pid}/children`) && 'no list of children';
test('a process that died while nobody asked it is replaced', { skip }, async () => {
  const known = childrenOf(process.pid);
  const before = new Set(workers());
  await using search = startSearchProcesses({ directory, processes: 1, answerMs: 20_000 });
  assert.equal((await search.search(question('ete a breme'))).hits.length, 1);
  const [own, ...others] = workers().filter((pid) => !before.has(pid));
  assert.deepEqual(others, []);
  process.kill(own!, 'SIGKILL');
  while (childrenOf(process.pid).some((pid) => !known.includes(pid))) await setTimeout(5);
  // Its pipes close a moment later.
  await setTimeout(200);
  assert.equal((await search.search(question('ete a breme'))).hits.length, 1);
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

/** Frees what nothing refers to any more. */
function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  collect();
  collect();
}

/** The processes below this one in which snapshots are searched. */
function workers(parent: number = process.pid): number[] {
  return childrenOf(parent).flatMap((pid) => {
    const isOne = readOrNothing(`/proc/${pid}/cmdline`).includes('search-worker');
    const below = workers(pid);
    // A wrapper has the name of what it runs among its arguments as well.
    return below.length > 0 || !isOne ? below : [pid];
  });
}

function childrenOf(parent: number): number[] {
  const listed = readOrNothing(`/proc/${parent}/task/${parent}/children`);
  return listed.split(' ').filter(Boolean).map(Number);
}

/** Empty when the process it tells of is gone. */
function readOrNothing(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1').trim();
  } catch {
    return '';
  }
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FonotecaError && error.code === code;
}
