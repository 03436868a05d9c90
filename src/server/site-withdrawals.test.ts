import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from '../base/clock.ts';
import { sha256 } from '../base/digest.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { withdrawalsView } from './site-withdrawals.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-withdrawals-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('the record is told newest first, a page at a time, and counts what is withdrawn now', async () => {
  const clock = fixedClock('2026-01-02T03:04:05Z');
  await using ledger = openSqliteLedger(path.join(folder, 'ledger.db'), { clock });
  const date = clock.nowIso();
  const digests = Array.from({ length: 150 }, (_, at) => sha256(String(at)));
  await ledger.commit(
    digests.map((digest) => ({
      ...{ kind: 'withdrawn' as const, digest, audioDigest: null, subject: null },
      ...{ reason: 'holder-request' as const, date },
    })),
  );
  await ledger.commit([{ kind: 'restored', digest: digests[0]!, reason: 'mistaken', date }]);

  const first = await withdrawalsView(ledger, null);
  assert.equal(first.withdrawnCount, 149);
  assert.deepEqual(first.entries[0], {
    ...{ number: 151, kind: 'restored', at: date, reason: 'mistaken' },
    ...{ digest: digests[0], subject: null },
  });
  const rest = await withdrawalsView(ledger, first.nextCursor);
  assert.equal(rest.nextCursor, null);
  assert.deepEqual(
    [...first.entries, ...rest.entries].map(({ number }) => number),
    Array.from({ length: 151 }, (_, at) => 151 - at),
  );
});
