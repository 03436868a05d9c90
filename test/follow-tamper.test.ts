import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { FonotecaError } from '../src/base/errors.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { type SeededRandom, seededRandom } from '../src/base/seeded-random.ts';
import { follow } from '../src/mirroring/follow.ts';
import { roundsOf } from './support/counts.ts';
import { PUBLIC_KEY, publishHistory } from './support/follow-history.ts';
import { treeDigests } from './support/published.ts';
import { startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-follow-tamper-'));
const server: TreeServer = await startTreeServer();
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});
const at = (name: string) => path.join(folder, name);
const ROUNDS = roundsOf('FOLLOW_TAMPERINGS', 30);
const SEED = 20260211;
const QUICK_DISK: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };

const ask = (state: string, now: string) =>
  follow(
    { directory: at(state), address: server.address, publicKey: PUBLIC_KEY },
    {
      disk: QUICK_DISK,
      clock: fixedClock(now),
      typed: openOutbound({ allow: 'typed' }),
      found: openOutbound({ allow: 'public' }),
      watch: unwatched,
    },
  );

/** Another version of a file: a bit flipped, cut, grown, another file's bytes, or undefined for gone. */
function tampered(bytes: Buffer, others: readonly Buffer[], random: SeededRandom) {
  const position = random.below(Math.max(1, bytes.length));
  const edited = Buffer.from(bytes);
  if (bytes.length > 0) edited[position] = edited[position]! ^ (1 << random.below(8));
  return random.pick([
    edited,
    bytes.subarray(0, position),
    Buffer.concat([bytes, random.bytes(1 + random.below(40))]),
    random.pick(others),
    undefined,
  ]);
}

test(`${ROUNDS} random tamperings on the way never change what is followed (seed ${SEED})`, async () => {
  await publishHistory(folder);
  server.serve(at('renewed'));
  await ask('old', '2026-02-10T12:00:00Z');
  server.serve(at('four'));
  fs.cpSync(at('old'), at('new'), { recursive: true });
  await ask('new', '2026-02-11T12:00:00Z');
  const files = server.asked.filter((name) => !name.includes(' '));
  assert.ok(files.length > 20, `${files.length} files`);
  const bytesOf = (name: string) => fs.readFileSync(path.join(at('four'), name));
  const [old, honest] = [treeDigests(at('old')), treeDigests(at('new'))];
  const random = seededRandom(SEED);
  const codes = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = random.pick(files);
    const sent = tampered(bytesOf(name), files.map(bytesOf), random);
    server.serve(at('four'), {
      [name]: (_request, response) =>
        void (sent ? response.end(sent) : response.writeHead(404).end()),
    });
    const state = `round-${round}`;
    fs.cpSync(at('old'), at(state), { recursive: true });
    const told = await ask(state, '2026-02-11T12:00:00Z').then(
      () => 'followed',
      (error) => (error instanceof FonotecaError ? error.code : assert.fail(String(error.stack))),
    );
    codes.add(told);
    const isSame = sent?.equals(bytesOf(name)) === true;
    const wanted = told === 'followed' ? honest : old;
    assert.deepEqual(treeDigests(at(state)), wanted, `round ${round}: ${name}: ${told}`);
    if (!isSame) assert.notEqual(told, 'followed', `round ${round}: ${name}`);
    fs.rmSync(at(state), { recursive: true });
  }
  assert.ok(codes.size >= 6, [...codes].join());
});
