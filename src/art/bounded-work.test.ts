import assert from 'node:assert/strict';
import test from 'node:test';
import { BUSY, startBoundedWork } from './bounded-work.ts';

function gate(): { open: () => void; passed: Promise<void> } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

test('the same thing asked for while it is made is made once', async () => {
  const work = startBoundedWork<number>({ running: 1, waiting: 0 });
  let made = 0;
  const { open, passed } = gate();
  const make = async () => {
    made += 1;
    await passed;
    return made;
  };
  const asked = [work.run('a', make), work.run('a', make), work.runPatiently('a', make)];
  open();
  assert.deepEqual(await Promise.all(asked), [1, 1, 1]);
  assert.equal(await work.run('a', async () => 7), 7);
});

test('no more run at once than there is room for, and beyond the queue the answer is busy', async () => {
  const work = startBoundedWork<string>({ running: 2, waiting: 3 });
  const { open, passed } = gate();
  let running = 0;
  let most = 0;
  const make = (name: string) => async () => {
    running += 1;
    most = Math.max(most, running);
    await passed;
    running -= 1;
    return name;
  };
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const asked = names.map((name) => work.run(name, make(name)));
  const patient = work.runPatiently('h', make('h'));
  open();
  assert.deepEqual(await Promise.all(asked), ['a', 'b', 'c', 'd', 'e', BUSY, BUSY]);
  assert.equal(await patient, 'h');
  assert.equal(most, 2);
});

test('work that fails fails for who asked and leaves its place', async () => {
  const work = startBoundedWork<number>({ running: 1, waiting: 1 });
  const fails = async (): Promise<number> => {
    throw new Error('no');
  };
  await assert.rejects(work.run('a', fails), /no/);
  assert.equal(await work.run('a', async () => 1), 1);
});
