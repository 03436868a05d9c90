/** SQLite FTS5 beside our search: a table that is written in a thread, and our questions as it asks them. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BenchQuestion } from '../src/benching/question-classes.ts';
import { termsOf } from '../src/model/search-terms.ts';
import type { IndexedRow } from './fts5-worker.ts';

/** Batches that the thread may be behind. */
const AHEAD = 8;

/** A table being written. */
export interface Fts5 extends AsyncDisposable {
  /** Hands over rows; waits while the thread is far behind. */
  add(rows: readonly IndexedRow[]): Promise<void>;
  /** Milliseconds that writing took. */
  finish(): Promise<number>;
}

/** A table of FTS5 in the new file `file`, written in a thread of its own. */
export function startFts5(file: string): Fts5 {
  const worker = new Worker(path.join(import.meta.dirname, 'fts5-worker.ts'), {
    workerData: file,
  });
  let [behind, tookMs] = [0, -1];
  let failure: Error | undefined;
  let wake = () => {};
  worker.on('message', (answer: { readonly tookMs?: number }) => {
    behind -= 1;
    tookMs = answer.tookMs ?? tookMs;
    wake();
  });
  worker.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  const until = async (isMet: () => boolean) => {
    while (!failure && !isMet())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (failure) throw failure;
  };
  const hand = (what: readonly IndexedRow[] | null) => {
    behind += 1;
    worker.postMessage(what);
  };
  return {
    async add(rows) {
      await until(() => behind < AHEAD);
      hand(rows);
    },
    async finish() {
      hand(null);
      await until(() => tookMs >= 0);
      return tookMs;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

/** A question as FTS5 asks it: every word in quotes, so that none is an operator. */
export function matchOf({ text, typing }: BenchQuestion): string {
  const parts = text.match(/\w+:\S+|"[^"]*"|\S+/gu) ?? [];
  return parts
    .map((part, at) => {
      const [, field, value = part] = /^(\w+):(\S+)$/u.exec(part) ?? [];
      const years = /^(\d{4})\.\.(\d{4})$/.exec(value);
      if (field === 'year' && years) {
        const [from, to] = [Number(years[1]), Number(years[2])];
        const all = Array.from({ length: to - from + 1 }, (_, year) => `"${from + year}"`);
        return `(year : (${all.join(' OR ')}))`;
      }
      const phrase = `"${termsOf(value).join(' ')}"`;
      const half = typing && at === parts.length - 1 ? `${phrase} *` : phrase;
      return field === undefined ? half : `(${field} : ${half})`;
    })
    .join(' AND ');
}
