import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reachability } from './reachability.ts';
import { TEST_SETTINGS } from './test-archive.ts';

test('an archive without addresses reaches nobody, and each row names the setting that mends it', () => {
  const { world, rows, summary } = reachability(TEST_SETTINGS);
  assert.equal(world, false);
  assert.match(summary, /not to the world/);
  assert.deepEqual(
    rows.map(({ way, reachable, setting }) => [way, reachable, setting?.split(' =')[0]]),
    [
      ['web address', false, 'public_url'],
      ['web seeds', false, 'publish.web_seeds'],
      ['trackers', false, 'publish.trackers'],
      ['mirrors', false, 'publish.mirrors'],
      ['contact', false, 'contact'],
    ],
  );
});

test('each setting opens its own way', () => {
  const rows: [Partial<typeof TEST_SETTINGS>, string[], boolean][] = [
    [{ publicUrl: 'https://a.example' }, ['web address', 'web seeds'], true],
    [{ webSeeds: ['https://b.example'] }, ['web seeds'], true],
    [{ trackers: ['udp://t.example:1'] }, ['trackers'], false],
    [{ mirrors: ['https://m.example'] }, ['mirrors'], false],
    [{ contact: 'a@a.example' }, ['contact'], false],
  ];
  for (const [change, ways, world] of rows) {
    const reach = reachability({ ...TEST_SETTINGS, ...change });
    assert.deepEqual(
      reach.rows.filter(({ reachable }) => reachable).map(({ way }) => way),
      ways,
    );
    assert.equal(reach.world, world);
    assert.ok(reach.rows.every(({ reachable, setting }) => reachable === (setting === null)));
  }
});
