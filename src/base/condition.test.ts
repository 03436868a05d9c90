import assert from 'node:assert/strict';
import test from 'node:test';
import { createCondition } from './condition.ts';

test('a condition that is met is not waited for', async () => {
  await createCondition().until(() => true);
});

test('everyone who waits goes on at the change that meets his condition, and not before', async () => {
  const condition = createCondition();
  let count = 0;
  const met: string[] = [];
  const one = condition.until(() => count >= 1).then(() => met.push('one'));
  const two = condition.until(() => count >= 2).then(() => met.push('two'));
  condition.changed();
  await Promise.resolve();
  assert.deepEqual(met, []);
  count = 1;
  condition.changed();
  await one;
  assert.deepEqual(met, ['one']);
  count = 2;
  condition.changed();
  await two;
  assert.deepEqual(met, ['one', 'two']);
});

test('the first failure ends all waiting, also what is met and what comes later', async () => {
  const condition = createCondition();
  const waits = [condition.until(() => false), condition.until(() => false)];
  condition.check();
  assert.equal(condition.hasFailed, false);
  condition.fail(new Error('first'));
  condition.fail(new Error('second'));
  for (const wait of waits) await assert.rejects(wait, { message: 'first' });
  await assert.rejects(
    condition.until(() => true),
    { message: 'first' },
  );
  assert.throws(() => condition.check(), { message: 'first' });
  assert.equal(condition.hasFailed, true);
});
