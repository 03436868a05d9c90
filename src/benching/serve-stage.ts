/** Look-ups and searches against a snapshot, each with its time, as someone who serves it would make them. */
import path from 'node:path';
import process from 'node:process';
import { systemClock } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { findProgram, NO_ISOLATION } from '../base/isolation.ts';
import { runProgram } from '../base/subprocess.ts';
import type { SearchAnswer, SearchQuestion, SnapshotSearch } from '../catalogue/search-answer.ts';
import { openSearch } from '../catalogue/search-engine.ts';
import { type SearchProcesses, startSearchProcesses } from '../catalogue/search-process.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { openSnapshot } from '../catalogue/snapshot-open.ts';
import { type Times, timesOf } from './percentiles.ts';
import { usageOf } from './process-usage.ts';
import { type BenchQuestion, QUESTION_CLASSES, type QuestionClass } from './question-classes.ts';
import type { SampledTrack } from './sample-tracks.ts';
import { searchRows } from './search-rows.ts';
import type { KnownItems, ServeJob, ServeOutcome } from './stage-job.ts';

/** Results of a page, as a person sees them. */
const PAGE_HITS = 20;
/** Where a known item has to be. */
const FIRST_HITS = 10;
/** Questions at a time, each in a process of its own. */
const AT_ONCE = 2;
/** Questions of each class that are asked cold: each opens the snapshot anew. */
const COLD_QUESTIONS = 20;
/** What a question about tracks reads. */
const SEARCHED_FILES = /^(?:search-tracks.*|tracks\.rows)$/;
/** Most tracks with one ISRC that a look-up takes. */
const ISRC_ROWS = 100;

/** What serving the snapshot took. */
export async function serve(job: ServeJob): Promise<ServeOutcome> {
  await forgetFiles(job.snapshot);
  const startMs = systemClock.elapsedMs();
  using opened = openBoth(job.snapshot);
  const openMs = systemClock.elapsedMs() - startMs;
  const cold = await askCold(job);
  await using processes = startSearchProcesses({ directory: job.snapshot, processes: AT_ONCE });
  const warm = await askWarm(job, processes);
  const looked = lookUp(opened.snapshot, job);
  const knownItems = await findKnown(opened.snapshot, processes, job);
  return { openMs, cold, ...warm, ...looked, knownItems, ownBytes: usageOf(process.pid).ownBytes };
}

interface Opened extends Disposable {
  readonly snapshot: Snapshot;
  readonly search: SnapshotSearch;
}

function openBoth(directory: string): Opened {
  using opened = new DisposableStack();
  const snapshot = opened.use(openSnapshot(realDisk, directory));
  const rows = searchRows(snapshot);
  const search = opened.use(openSearch(realDisk, { directory, rows, clock: systemClock }));
  const kept = opened.move();
  return { snapshot, search, [Symbol.dispose]: () => kept.dispose() };
}

/** Each class is asked once to warm up and once again for its times, two questions at a time. */
async function askWarm(
  { questions }: ServeJob,
  processes: SearchProcesses,
): Promise<Pick<ServeOutcome, 'warm' | 'cutShort'>> {
  const warm: Partial<Record<QuestionClass, Times>> = {};
  let cutShort = 0;
  for (const kind of QUESTION_CLASSES) {
    await inTwos(questions[kind], (question) => askProcess(processes, question));
    const timesMs: number[] = [];
    await inTwos(questions[kind], async (question) => {
      const startMs = systemClock.elapsedMs();
      const answer = await askProcess(processes, question);
      timesMs.push(systemClock.elapsedMs() - startMs);
      if (!answer || answer.bounds.includes('time')) cutShort += 1;
    });
    warm[kind] = timesOf(timesMs);
  }
  return { warm: warm as ServeOutcome['warm'], cutShort };
}

/** Each question is the first of a search just opened, with none of its files in memory. */
async function askCold({ questions, snapshot }: ServeJob): Promise<ServeOutcome['cold']> {
  const cold: Partial<Record<QuestionClass, Times>> = {};
  for (const kind of QUESTION_CLASSES) {
    const timesMs: number[] = [];
    for (const question of questions[kind].slice(0, COLD_QUESTIONS)) {
      using opened = openBoth(snapshot);
      await forgetFiles(snapshot, SEARCHED_FILES);
      const startMs = systemClock.elapsedMs();
      opened.search.search(asked(question));
      timesMs.push(systemClock.elapsedMs() - startMs);
    }
    cold[kind] = timesOf(timesMs);
  }
  return cold as ServeOutcome['cold'];
}

function asked({ text, typing }: BenchQuestion): SearchQuestion {
  return { text, typing, group: 'tracks', limit: PAGE_HITS, cursor: null };
}

/** The answer, or undefined when the process was ended for taking too long. */
async function askProcess(
  processes: SearchProcesses,
  question: BenchQuestion,
): Promise<SearchAnswer | undefined> {
  try {
    return await processes.search(asked(question));
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'SEARCH_TOO_LONG') return undefined;
    throw error;
  }
}

/** Does `work` for every item, for two of them at any time. */
async function inTwos<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const go = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, go));
}

function lookUp(snapshot: Snapshot, { lookUps, idHead }: ServeJob) {
  let missed = 0;
  const timed = (tracks: readonly SampledTrack[], find: (track: SampledTrack) => boolean) =>
    timesOf(
      tracks.map((track) => {
        const startMs = systemClock.elapsedMs();
        if (!find(track)) missed += 1;
        return systemClock.elapsedMs() - startMs;
      }),
    );
  const byId = (track: SampledTrack) => snapshot.track(idHead + track.id)?.title === track.title;
  const byIsrc = (track: SampledTrack) =>
    snapshot
      .tracksByIsrc(track.isrc!, { limit: ISRC_ROWS })
      .rows.some(({ id }) => id === idHead + track.id);
  const recorded = lookUps.filter(({ isrc }) => isrc !== null);
  // The first round warms up, and is forgotten.
  timed(lookUps, byId);
  timed(recorded, byIsrc);
  missed = 0;
  return { byId: timed(lookUps, byId), byIsrc: timed(recorded, byIsrc), missed };
}

async function findKnown(
  snapshot: Snapshot,
  processes: SearchProcesses,
  { knownItems, idHead }: ServeJob,
): Promise<KnownItems> {
  const found = { byArtistAndTitle: 0, byTitle: 0 };
  const isFound = async (text: string, id: string) => {
    const answer = await askProcess(processes, { text, typing: false });
    const ranks = (answer?.hits ?? []).slice(0, FIRST_HITS).map(({ rank }) => rank);
    return snapshot.tracksAt(ranks).some((row) => row?.id === idHead + id);
  };
  await inTwos(knownItems, async ({ artist, title, id }) => {
    if (await isFound(`${artist} ${title}`, id)) found.byArtistAndTitle += 1;
    if (await isFound(title, id)) found.byTitle += 1;
  });
  return { asked: knownItems.length, ...found };
}

/** Asks the system to drop what it keeps of the files below `directory` whose names fit (GNU dd does so with `nocache`). */
async function forgetFiles(directory: string, which = /./): Promise<void> {
  const dd = findProgram('dd');
  if (dd === null) return;
  const limits = {
    dataBytes: 2 ** 28,
    cpuSeconds: 5,
    openFiles: 16,
    cpuMs: 5000,
    wallMs: 30_000,
    outputBytes: 4096,
  };
  for (const file of filesBelow(directory).filter((name) => which.test(path.basename(name))))
    await runProgram([dd, `if=${file}`, 'iflag=nocache', 'count=0', 'status=none'], [], {
      limits,
      isolation: NO_ISOLATION,
    });
}

function filesBelow(directory: string): string[] {
  return realDisk.list(directory).flatMap((name) => {
    const file = path.join(directory, name);
    return realDisk.stat(file)?.kind === 'directory' ? filesBelow(file) : [file];
  });
}
