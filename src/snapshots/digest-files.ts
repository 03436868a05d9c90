/** The digests of several files, taken side by side in threads where there is enough to read. */
import path from 'node:path';
import { createCondition } from '../base/condition.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { errorTold, type RunningThread, startThread } from '../base/thread.ts';
import { digestFile, type FileDigests } from '../catalogue/block-digests.ts';
import type { DigestAnswer, DigestOrder } from './digest-worker.ts';

/** What is read before a thread has started. */
const LEAST_BYTES = 64 * 2 ** 20;

/** The digests of `files`, in their order; 16 MiB of memory a thread. `FILE_MISSING`, `DISK_IO`. */
export async function digestFiles(
  disk: Disk,
  files: readonly string[],
  threads: number,
): Promise<FileDigests[]> {
  const sizes = files.map((file) => disk.stat(file)?.sizeBytes ?? 0);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  // Another disk than the real one is a test's, and of this thread.
  if (threads < 2 || bytes < LEAST_BYTES || disk !== realDisk)
    return files.map((file) => digestFile(disk, file));
  const digests = new Array<FileDigests>(files.length);
  // The largest first, so that none of them is begun when the other threads are done.
  const waiting = files.map((_, number) => number).sort((a, b) => sizes[b]! - sizes[a]!);
  const condition = createCondition();
  let left = files.length;
  const running = Array.from({ length: Math.min(threads, files.length) }, () => {
    let number: number | undefined;
    const takeNext = () => {
      number = waiting.shift();
      if (number !== undefined) thread.tell({ file: files[number]! });
    };
    const thread = startDigester((answer) => {
      if ('error' in answer) {
        condition.fail(errorTold(answer.error));
        return;
      }
      digests[number!] = answer.digests;
      left -= 1;
      takeNext();
      condition.changed();
    }, condition.fail);
    takeNext();
    return thread;
  });
  try {
    await condition.until(() => left === 0);
    return digests;
  } finally {
    for (const { tell } of running) tell('end');
    await Promise.all(running.map(({ ended }) => ended));
  }
}

function startDigester(
  answered: (answer: DigestAnswer) => void,
  lost: (cause: unknown) => void,
): RunningThread<DigestOrder> {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `digest-worker${path.extname(import.meta.filename)}`;
  return startThread<DigestOrder, DigestAnswer>(
    path.join(import.meta.dirname, entry),
    { name: 'a thread that digests' },
    { answered, lost },
  );
}
