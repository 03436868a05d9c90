/**
 * Opens the door to DuckDB: starts its process in a sandbox without network, speaks with it, and takes rows from a named
 * pipe. DuckDB's own memory limit is no cap on the process (4 GB gave 5, one text function 7.7 under 64 MB), so the
 * process has a limit of its own.
 */
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { realDisk } from '../base/disk.ts';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { findProgram, NO_ISOLATION, probeIsolation } from '../base/isolation.ts';
import { programFolders } from '../base/program-folders.ts';
import { type RunningProcess, runProgram, startProcess, writeTo } from '../base/subprocess.ts';
import { readLines } from './line-chunks.ts';
import { readBlocks } from './number-blocks.ts';
import type { CellValue, Tables, TablesOptions } from './tables.ts';
import type { TablesAnswer, TablesJob } from './tables-messages.ts';

/** Node and DuckDB before they hold any row; 560 MiB of it is Node's reservation for code. */
const BASE_BYTES = 2 ** 31;
/** A build of 256 million rows takes hours of CPU; a process that runs for days is lost. */
const CPU_SECONDS = 3 * 24 * 3600;
const OPEN_FILES = 4096;
const FILE_BYTES = 2 ** 42;
/**
 * What DuckDB's allocator asks of the system first. Where it cannot, it takes pages that it gives back out of the process and
 * maps them anew each time, in the end more often than a process may: 900 mappings more for each million rows sorted out, and
 * none with it; 65,530 are all that Linux gives unless told otherwise.
 */
const OVERCOMMIT = '/proc/sys/vm/overcommit_memory';
const RELEASE_MS = 20;
let doors = 0;

/** An open door. Its folder below `work` goes when it is closed. `TABLES_ENDED` when the process cannot start. */
export async function openTables(options: TablesOptions): Promise<Tables> {
  doors += 1;
  const own = path.join(path.resolve(options.work), `door-${process.pid}-${doors}`);
  removeTree(realDisk, own);
  ensureDirectory(realDisk, own);
  const folders = options.folders.map((folder) => path.resolve(folder));
  const child = startProcess([process.execPath, workerFile()], {
    limits: {
      dataBytes: options.memoryBytes * 2 + BASE_BYTES,
      cpuSeconds: CPU_SECONDS,
      openFiles: OPEN_FILES,
      fileBytes: FILE_BYTES,
    },
    isolation: probeIsolation(),
    readable: [...programFolders(), ...[OVERCOMMIT].filter((file) => fs.existsSync(file))],
    writable: [path.resolve(options.work), ...folders],
  });
  const speak = conversation(child);
  const settings = { ...options, folders, work: path.resolve(options.work), spill: own };
  await writeTo(child, Buffer.from(`${JSON.stringify(settings)}\n`));
  let pipes = 0;
  const throughPipe = async function* <Part>(
    job: { kind: 'lines' | 'texts' | 'numbers'; sql: string },
    read: (pipe: string) => AsyncIterable<Part>,
  ) {
    pipes += 1;
    const pipe = path.join(own, `pipe-${pipes}`);
    await makePipe(pipe);
    yield* whileRunning(read(pipe), speak({ ...job, values: [], pipe }), pipe);
    realDisk.unlink(pipe);
  };
  return {
    run: async (sql, values = []) => void (await speak({ kind: 'run', sql, values })),
    rows: async (sql, values = []) => (await speak({ kind: 'rows', sql, values })) as CellValue[][],
    lines: (sql) => throughPipe({ kind: 'lines', sql }, readLines),
    texts: (sql) => throughPipe({ kind: 'texts', sql }, readLines),
    numbers: (sql, columns) =>
      throughPipe({ kind: 'numbers', sql }, (pipe) => readBlocks(pipe, columns)),
    async [Symbol.asyncDispose]() {
      child.kill('closed');
      await child.exit;
      removeTree(realDisk, own);
    },
  };
}

/** One statement after the other; an answer is that of the oldest statement without one. */
function conversation(child: RunningProcess): (job: TablesJob) => Promise<CellValue[][]> {
  const lines = readline.createInterface({ input: child.stdout });
  const answers = lines[Symbol.asyncIterator]();
  // A killed process closes its pipe without an end, which a reader of lines would wait for.
  void child.exit.then(() => lines.close());
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (job: TablesJob): Promise<CellValue[][]> => {
    await writeTo(child, Buffer.from(`${JSON.stringify(job)}\n`));
    const { value, done } = await answers.next();
    if (done) {
      const { signal, killed } = await child.exit;
      const how = killed ?? signal ?? child.stderrTail();
      throw new FonotecaError('TABLES_ENDED', `ended: ${how}`.slice(0, 500));
    }
    const answer = JSON.parse(value) as TablesAnswer;
    if ('rows' in answer) return answer.rows;
    throw new FonotecaError('TABLES_SQL', answer.error);
  };
  return (job) => {
    const mine = last.then(() => ask(job));
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** The `parts` read from `pipe` until `statement` is done. Left early, the statement fails at its next write and is over. */
async function* whileRunning<Part>(
  parts: AsyncIterable<Part>,
  statement: Promise<unknown>,
  pipe: string,
): AsyncGenerator<Part> {
  let failed: unknown;
  let isRead = false;
  const settled = statement.catch(async (error: unknown) => {
    failed = error;
    // A statement that failed before it opened the pipe leaves the reader waiting for a writer, or about to.
    while (!isRead) {
      releaseReader(pipe);
      await setTimeout(RELEASE_MS);
    }
  });
  try {
    yield* parts;
  } finally {
    isRead = true;
    await settled;
  }
  if (failed) throw failed;
}

/** To open a pipe for reading and writing waits for nobody and gives a waiting reader its partner; the disk then refuses it. */
function releaseReader(pipe: string): void {
  try {
    realDisk.close(realDisk.openForUpdate(pipe));
  } catch {
    // It is no regular file, or nobody waits any more.
  }
}

async function makePipe(pipe: string): Promise<void> {
  const program = findProgram('mkfifo');
  if (program === null) throw new FonotecaError('TABLES_ENDED', 'this machine has no mkfifo');
  const limits = { dataBytes: 2 ** 28, cpuSeconds: 5, openFiles: 16, cpuMs: 5000, wallMs: 10_000 };
  await runProgram([program, '-m', '600', pipe], [], {
    limits: { ...limits, outputBytes: 1024 },
    isolation: NO_ISOLATION,
  });
}

/** Beside this file, compiled or not. */
function workerFile(): string {
  return path.join(import.meta.dirname, `tables-worker${path.extname(import.meta.filename)}`);
}
