import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundsOf } from './support/counts.ts';
import { tryWithdrawalSequences } from './support/withdrawal-sequences.ts';

/** Fifty more, with a stranger's client alive, are in `interop/stale-seeder.test.ts`; the long run tries hundreds. */
const SEQUENCES = roundsOf('SEQUENCES', 10);
const SEED = 20_260_102;

test('however it is withdrawn, restored, added, copied and redacted, equal sets give equal volumes and nothing comes back', async () => {
  const { steps, redactions } = await tryWithdrawalSequences(SEQUENCES, SEED);
  assert.equal(steps, SEQUENCES * 14);
  assert.ok(redactions > SEQUENCES * 5, `${redactions} redactions`);
});
