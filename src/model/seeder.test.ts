import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { removeFromSeeders, type Seeder } from './seeder.ts';

const INFOHASH = 'a'.repeat(40);

/** A seeder that lets go of a torrent only at the `slowness`th time it is asked what it has. */
function slowSeeder(name: string, slowness: number, calls: string[]): Seeder {
  let asked = 0;
  return {
    name,
    list: async () => {
      asked += 1;
      return new Set(asked < slowness ? [INFOHASH] : []);
    },
    add: async () => {},
    remove: async (infohash) => {
      calls.push(`${name} ${infohash}`);
    },
    status: async () => [],
  };
}

const isUnconfirmed = (naming: RegExp) => (error: unknown) =>
  error instanceof FonotecaError && error.code === 'SEED_UNCONFIRMED' && naming.test(error.seen);

describe('removing a torrent from seeders', () => {
  test('ends once every seeder was asked and no longer has it', async () => {
    const calls: string[] = [];
    const pauses: number[] = [];
    const wait = async (pauseMs: number) => {
      pauses.push(pauseMs);
    };
    const seeders = [slowSeeder('quick', 1, calls), slowSeeder('slow', 5, calls)];
    await removeFromSeeders(seeders, INFOHASH, wait);
    assert.deepEqual(calls, [`quick ${INFOHASH}`, `slow ${INFOHASH}`]);
    assert.equal(pauses.length, 4);
  });

  test('is refused when one keeps it, and the others are told all the same', async () => {
    const calls: string[] = [];
    const seeders = [slowSeeder('stubborn', Infinity, calls), slowSeeder('good', 1, calls)];
    await assert.rejects(
      removeFromSeeders(seeders, INFOHASH, async () => {}),
      isUnconfirmed(/^stubborn, a+: still there/),
    );
    assert.deepEqual(calls, [`stubborn ${INFOHASH}`, `good ${INFOHASH}`]);
  });

  test('is refused when one cannot be asked', async () => {
    const silent: Seeder = {
      ...slowSeeder('silent', 1, []),
      list: () => Promise.reject(new Error('nobody answers')),
    };
    await assert.rejects(
      removeFromSeeders([silent], INFOHASH, async () => {}),
      isUnconfirmed(/^silent, a+: nobody answers/),
    );
  });

  test('without seeders there is nothing to wait for', async () => {
    await removeFromSeeders([], INFOHASH);
  });
});
