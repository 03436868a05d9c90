/**
 * The process in which a snapshot is searched: one question a line on stdin, one reply a line on stdout. It is started by
 * search-process.ts with the folder of a snapshot, may read nothing else, and ends when stdin does or when it is killed.
 */
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { findingFrom } from '../base/errors.ts';
import type { RankSet } from './document-cursor.ts';
import { readRankBitmap } from './rank-bitmap.ts';
import type { SnapshotSearch } from './search-answer.ts';
import { openSearch } from './search-engine.ts';
import { flagName, heldName } from './search-files.ts';
import { questionSchema, type Reply } from './search-messages.ts';
import { openSnapshot } from './snapshot-open.ts';

const directory = process.argv[2] ?? '';
const sets = new Map<string, { readonly version: string; readonly set: RankSet }>();
const search = opened(directory);
if (search) {
  say({ kind: 'open' });
  for await (const line of createInterface({ input: process.stdin })) say(replyTo(search, line));
}

function opened(folder: string): SnapshotSearch | undefined {
  try {
    const snapshot = openSnapshot(realDisk, folder);
    const rows = {
      names: snapshot.names,
      tracksWithIsrc: (isrc: string) => snapshot.ranksWithIsrc(isrc),
    };
    return openSearch(realDisk, {
      directory: folder,
      rows,
      clock: systemClock,
      held: {
        get tracks() {
          return setIn(folder, heldName('tracks'));
        },
        get albums() {
          return setIn(folder, heldName('albums'));
        },
        get artists() {
          return setIn(folder, heldName('artists'));
        },
      },
      flagged: (name) => setIn(folder, flagName(name)),
    });
  } catch (error) {
    say(refusalOf(error));
    return undefined;
  }
}

/** The set of ranks in a file beside the snapshot: it is read again when another has taken its place. */
function setIn(folder: string, name: string): RankSet | undefined {
  const file = `${folder}/${name}`;
  const stat = fs.statSync(file, { throwIfNoEntry: false, bigint: true });
  if (!stat) return undefined;
  const version = `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
  if (sets.get(name)?.version !== version)
    sets.set(name, { version, set: readRankBitmap(realDisk, file) });
  return sets.get(name)!.set;
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
