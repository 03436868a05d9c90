/**
 * The process in which a snapshot is searched: one question a line on stdin, one reply a line on stdout. It is started by
 * search-process.ts with the folder of a snapshot, may read nothing else, and ends when stdin does or when it is killed.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { findingFrom } from '../base/errors.ts';
import { readRankBitmap } from './rank-bitmap.ts';
import type { SnapshotSearch } from './search-answer.ts';
import { SEARCH_GROUPS } from './search-documents.ts';
import { openSearch } from './search-engine.ts';
import { heldName } from './search-files.ts';
import { questionSchema, type Reply } from './search-messages.ts';
import { openSnapshot } from './snapshot-open.ts';

/** Most tracks with one ISRC that a question gets. */
const ISRC_ROWS = 1000;

const directory = process.argv[2] ?? '';
const search = opened(directory);
if (search) {
  say({ kind: 'open' });
  for await (const line of createInterface({ input: process.stdin })) say(replyTo(search, line));
}

function opened(folder: string): SnapshotSearch | undefined {
  try {
    const snapshot = openSnapshot(realDisk, folder);
    const held = SEARCH_GROUPS.flatMap((group) => {
      const file = `${folder}/${heldName(group)}`;
      return realDisk.stat(file) ? [[group, readRankBitmap(realDisk, file)] as const] : [];
    });
    const rows = {
      names: snapshot.names,
      tracksWithIsrc: (isrc: string) =>
        snapshot.tracksByIsrc(isrc, { limit: ISRC_ROWS }).rows.map(({ rank }) => rank),
    };
    return openSearch(realDisk, {
      directory: folder,
      rows,
      clock: systemClock,
      held: Object.fromEntries(held),
    });
  } catch (error) {
    say(refusalOf(error));
    return undefined;
  }
}

function replyTo(finder: SnapshotSearch, line: string): Reply {
  try {
    const { hits, next, bounds, corrections } = finder.search(
      questionSchema.parse(JSON.parse(line)),
    );
    return {
      kind: 'answer',
      answer: {
        hits: [...hits],
        next,
        bounds: [...bounds],
        corrections: corrections.map(({ word, taken }) => ({ word, taken: [...taken] })),
      },
    };
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Reply {
  const { code, seen } = findingFrom(error, directory);
  return { kind: 'refusal', code, seen };
}

function say(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
