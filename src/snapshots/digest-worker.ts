/** Entry of a thread that digests files: answers each with its digests. */
import { parentPort } from 'node:worker_threads';
import { realDisk } from '../base/disk.ts';
import { type ToldError, toldOf } from '../base/thread.ts';
import { digestFile, type FileDigests } from '../catalogue/block-digests.ts';

/** What it is told: a file, or that it may end. */
export type DigestOrder = { readonly file: string } | 'end';

/** What it answers. */
export type DigestAnswer = { readonly digests: FileDigests } | { readonly error: ToldError };

const port = parentPort!;

port.on('message', (order: DigestOrder) => {
  if (order === 'end') port.close();
  else port.postMessage(digested(order.file));
});

function digested(file: string): DigestAnswer {
  try {
    return { digests: digestFile(realDisk, file) };
  } catch (error) {
    return { error: toldOf(error) };
  }
}
