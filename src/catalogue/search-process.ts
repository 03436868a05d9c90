/**
 * Search in processes that can be killed: no question, however it is put, takes more than a quarter of a second of anyone
 * else's time. Each process answers one question at a time; one that is late or dies is replaced.
 */
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FonotecaError } from '../base/errors.ts';
import { type Isolation, probeIsolation } from '../base/isolation.ts';
import { programFolders, readOnlyFlags } from '../base/program-folders.ts';
import { failure, startProcess } from '../base/subprocess.ts';
import type { SearchAnswer, SearchQuestion } from './search-answer.ts';
import { type Reply, replySchema } from './search-messages.ts';

/** Search over one snapshot, in processes of its own. */
export interface SearchProcesses extends AsyncDisposable {
  /**
   * The answer to `question`. `SEARCH_TOO_LONG` when it took more than the time there is or too many wait before it,
   * `SEARCH_INDEX_DAMAGED` and what opening a snapshot throws.
   */
  search(question: SearchQuestion): Promise<SearchAnswer>;
}

/** What the processes are given. */
export interface SearchProcessOptions {
  /** The folder of the snapshot. */
  readonly directory: string;
  /** Questions answered at once. */
  readonly processes?: number;
  /** How long one question may take, beside opening. */
  readonly answerMs?: number;
  readonly isolation?: Isolation;
}

const PROCESSES = 2;
const ANSWER_MS = 250;
/** Opening reads the checksums of every file: 60 MB at 256 million tracks, from a slow disk. */
const OPEN_MS = 30_000;
/** More questions than this wait for nobody: the last would be answered after seconds. */
const MAX_WAITING = 64;
/** 640 MiB of use beyond the 560 MiB of address space that Node itself reserves. */
const DATA_BYTES = 1200 * 2 ** 20;
/** A question leaves a few megabytes behind; without these V8 lets the heap grow to some 300 MB before it looks. */
const HEAP_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=128'];
const LIFETIME_CPU_SECONDS = 24 * 3600;
const OPEN_FILES = 256;

/** Starts the processes for the snapshot in `directory`; each proves itself with its first question. */
export function startSearchProcesses(options: SearchProcessOptions): SearchProcesses {
  const count = options.processes ?? PROCESSES;
  const idle: Searcher[] = Array.from({ length: count }, () => startSearcher(options));
  const all = new Set(idle);
  const waiting: ((searcher: Searcher) => void)[] = [];
  let isOver = false;
  const give = (searcher: Searcher) => {
    const next = waiting.shift();
    if (next) next(searcher);
    else idle.push(searcher);
  };
  /** `searcher`, or another in its place when it died, be it while nobody asked it. */
  const alive = (searcher: Searcher): Searcher => {
    if (searcher.isAlive || isOver) return searcher;
    all.delete(searcher);
    const other = startSearcher(options);
    all.add(other);
    return other;
  };
  const take = async (): Promise<Searcher> => {
    const searcher = idle.pop();
    if (searcher) return alive(searcher);
    if (waiting.length >= MAX_WAITING)
      throw new FonotecaError('SEARCH_TOO_LONG', `${waiting.length} questions are waiting`);
    return new Promise((resolve) => waiting.push(resolve));
  };
  return {
    async search(question) {
      const searcher = await take();
      try {
        return await searcher.ask(question);
      } finally {
        give(alive(searcher));
      }
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.all([...all].map((searcher) => searcher.stop()));
    },
  };
}

/** One process and the one question it has at a time. */
interface Searcher {
  readonly isAlive: boolean;
  ask(question: SearchQuestion): Promise<SearchAnswer>;
  stop(): Promise<void>;
}

function startSearcher({
  directory,
  isolation,
  answerMs = ANSWER_MS,
}: SearchProcessOptions): Searcher {
  const file = path.join(import.meta.dirname, `search-worker${path.extname(import.meta.filename)}`);
  const readable = [...programFolders(), path.resolve(directory)];
  const child = startProcess(
    [process.execPath, ...HEAP_FLAGS, ...readOnlyFlags(readable), file, path.resolve(directory)],
    {
      readable,
      limits: { dataBytes: DATA_BYTES, cpuSeconds: LIFETIME_CPU_SECONDS, openFiles: OPEN_FILES },
      isolation: isolation ?? probeIsolation(),
    },
  );
  const reader = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  let isAlive = true;
  let isOpen = false;
  // The only one that waits for the end: whatever is added to a promise with each reply stays as long as the process. It ends the
  // lines as well, since a killed process closes its pipe without an end.
  void child.exit.then(() => {
    isAlive = false;
    reader.close();
  });
  /** The next thing the process says; a refusal is thrown. */
  const nextReply = async (): Promise<Reply> => {
    const { value, done } = await lines.next();
    if (done) throw failure(child, await child.exit);
    const reply = replySchema.parse(JSON.parse(value));
    if (reply.kind === 'refusal') throw new FonotecaError(reply.code, reply.seen);
    return reply;
  };
  const end = (why: string) => {
    isAlive = false;
    child.kill(why);
  };
  return {
    get isAlive() {
      return isAlive;
    },
    async ask(question) {
      try {
        if (!isOpen) await within(OPEN_MS, end, nextReply);
        isOpen = true;
        child.stdin.write(`${JSON.stringify({ typing: false, ...question })}\n`);
        const reply = await within(answerMs, end, nextReply);
        if (reply.kind === 'answer') return reply.answer;
        throw new FonotecaError('SUBPROCESS_FAILED', `"${reply.kind}" for an answer`);
      } catch (error) {
        if (!isOpen || !(error instanceof FonotecaError)) end('no longer trusted');
        throw error;
      }
    },
    async stop() {
      end('no longer needed');
      await child.exit;
    },
  };
}

/** The value of `work`, or `SEARCH_TOO_LONG` after `limitMs`, when `end` was called. */
async function within<T>(
  limitMs: number,
  end: (why: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end(`more than ${limitMs} ms`);
  }, limitMs);
  try {
    const value = await work();
    // What comes after its time counts as late, also when it was on its way before the process ended.
    if (isLate) throw new FonotecaError('SEARCH_TOO_LONG', `more than ${limitMs} ms`);
    return value;
  } catch (error) {
    if (isLate)
      throw new FonotecaError('SEARCH_TOO_LONG', `more than ${limitMs} ms`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
