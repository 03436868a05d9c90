/** Look-ups and searches against a snapshot, each with its time, as someone who serves it would make them. */
import path from 'node:path';
import process from 'node:process';
import { systemClock } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { findProgram, runProgram } from '../base/subprocess.ts';
import type { SearchAnswer, SnapshotSearch } from '../catalogue/search-answer.ts';
import { openSearch } from '../catalogue/search-engine.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { openSnapshot } from '../catalogue/snapshot-open.ts';
import { timesOf } from './percentiles.ts';
import { usageOf } from './process-usage.ts';
import { type BenchQuestion, QUESTION_CLASSES } from './question-classes.ts';
import type { SampledTrack } from './sample-tracks.ts';
import { searchRows } from './search-rows.ts';
import type { KnownItems, ServeJob, ServeOutcome } from './stage-job.ts';

/** Results of a page, as a person sees them. */
const PAGE_HITS = 20;
/** Where a known item has to be. */
const FIRST_HITS = 10;
/** Most tracks with one ISRC that a look-up takes. */
const ISRC_ROWS = 100;

/** What serving the snapshot took. The files are put out of the machine's cache where a job is cold. */
export async function serve(job: ServeJob): Promise<ServeOutcome> {
  if (job.isCold) await forgetFiles(job.snapshot);
  const startMs = systemClock.elapsedMs();
  using first = openBoth(job.snapshot);
  const openMs = systemClock.elapsedMs() - startMs;
  const asked = job.isCold ? await askCold(job) : askWarm(job, first.search);
  const looked = lookUp(first.snapshot, job);
  return {
    openMs,
    classes: asked.classes,
    cutShort: asked.cutShort,
    ...looked,
    knownItems: findKnown(first, job),
    ownBytes: usageOf(process.pid).ownBytes,
  };
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

type Asked = Pick<ServeOutcome, 'classes' | 'cutShort'>;

/** Each class is asked once to warm up and once again for its times. */
function askWarm({ questions }: ServeJob, search: SnapshotSearch): Asked {
  const classes: Partial<ServeOutcome['classes']> = {};
  let cutShort = 0;
  const times: Partial<Record<string, number[]>> = {};
  for (const pass of ['warming', 'timed'])
    for (const kind of QUESTION_CLASSES)
      times[kind] = questions[kind].map((question) => {
        const startMs = systemClock.elapsedMs();
        const answer = ask(search, question);
        if (pass === 'timed' && answer.bounds.includes('time')) cutShort += 1;
        return systemClock.elapsedMs() - startMs;
      });
  for (const kind of QUESTION_CLASSES) Object.assign(classes, { [kind]: timesOf(times[kind]!) });
  return { classes: classes as ServeOutcome['classes'], cutShort };
}

/** Each question is the first of a search just opened, with none of its files in memory. */
async function askCold({ questions, snapshot }: ServeJob): Promise<Asked> {
  const classes: Partial<ServeOutcome['classes']> = {};
  let cutShort = 0;
  for (const kind of QUESTION_CLASSES) {
    const timesMs: number[] = [];
    for (const question of questions[kind]) {
      using opened = openBoth(snapshot);
      await forgetFiles(snapshot);
      const startMs = systemClock.elapsedMs();
      if (ask(opened.search, question).bounds.includes('time')) cutShort += 1;
      timesMs.push(systemClock.elapsedMs() - startMs);
    }
    Object.assign(classes, { [kind]: timesOf(timesMs) });
  }
  return { classes: classes as ServeOutcome['classes'], cutShort };
}

function ask(search: SnapshotSearch, { text, typing }: BenchQuestion): SearchAnswer {
  return search.search({ text, typing, group: 'tracks', limit: PAGE_HITS, cursor: null });
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

function findKnown({ snapshot, search }: Opened, { knownItems, idHead }: ServeJob): KnownItems {
  const isFound = (text: string, id: string) => {
    const { hits } = ask(search, { text, typing: false });
    const rows = snapshot.tracksAt(hits.slice(0, FIRST_HITS).map(({ rank }) => rank));
    return rows.some((row) => row?.id === idHead + id);
  };
  return {
    asked: knownItems.length,
    byArtistAndTitle: knownItems.filter(({ artist, title, id }) =>
      isFound(`${artist} ${title}`, id),
    ).length,
    byTitle: knownItems.filter(({ title, id }) => isFound(title, id)).length,
  };
}

/** Asks the system to drop what it keeps of the files below `directory` (GNU dd does so with `nocache`). */
async function forgetFiles(directory: string): Promise<void> {
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
  for (const file of filesBelow(directory))
    await runProgram([dd, `if=${file}`, 'iflag=nocache', 'count=0', 'status=none'], [], {
      limits,
      isolation: { prlimit: null, unshare: null },
    });
}

function filesBelow(directory: string): string[] {
  return realDisk.list(directory).flatMap((name) => {
    const file = path.join(directory, name);
    return realDisk.stat(file)?.kind === 'directory' ? filesBelow(file) : [file];
  });
}
