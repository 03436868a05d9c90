/** Entry of a worker thread: answers each sound order it is sent with the finished file. */
import { parentPort } from 'node:worker_threads';
import { makeSound, type SoundOrder } from './make-file.ts';

const port = parentPort!;

port.on('message', (order: SoundOrder) => {
  // A rejection ends the thread; the one who ordered hears of it by the thread's error event.
  void makeSound(order).then((made) => port.postMessage(made));
});
