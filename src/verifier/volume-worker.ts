/** The thread that reads a part of a volume: a task comes in, its bytes are told as they pass, the digests go back. */
import { parentPort } from 'node:worker_threads';
import { Problem } from './files.ts';
import { type PassResult, type PassTask, runPass } from './volume-pass.ts';

/** What a thread answers. */
export type PassAnswer =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'done'; readonly result: PassResult }
  | { readonly kind: 'problem'; readonly problem: Pick<Problem, 'code' | 'seen'> }
  | { readonly kind: 'failed'; readonly error: unknown };

const BYTES_BETWEEN_WORDS = 16 << 20;

parentPort?.on('message', (task: PassTask) => {
  let untold = 0;
  const answer = (message: PassAnswer) => parentPort?.postMessage(message);
  const tell = () => {
    if (untold > 0) answer({ kind: 'bytes', count: untold });
    untold = 0;
  };
  const running = runPass(task, (count) => {
    untold += count;
    if (untold >= BYTES_BETWEEN_WORDS) tell();
  });
  running.then(
    (result) => {
      tell();
      answer({ kind: 'done', result });
    },
    (error: unknown) => {
      if (error instanceof Problem)
        answer({ kind: 'problem', problem: { code: error.code, seen: error.seen } });
      else answer({ kind: 'failed', error });
    },
  );
});
