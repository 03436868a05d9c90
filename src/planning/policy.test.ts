import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedPolicy, POLICY_NAMES, policyText, readPolicy } from './policy.ts';

test('the two named policies differ in the reserve alone, and print every rule', () => {
  assert.deepEqual(POLICY_NAMES, ['popularity-2025', 'default']);
  const [plain, reserved] = POLICY_NAMES.map((name) => namedPolicy(name)!);
  assert.equal(plain!.reserve.share, 0);
  assert.equal(reserved!.reserve.share, 0.1);
  assert.deepEqual({ ...plain, name: '', reserve: 0 }, { ...reserved, name: '', reserve: 0 });
  assert.equal(plain!.score.cutoff, 0.351);
  assert.equal(namedPolicy('constructor'), undefined);
});

test('what is printed reads as the same policy', () => {
  const text =
    'name = "mine"\norder = "coverage"\nfilter.place = ["IS"]\nfilter.year_to = 1999\nreserve.share = 0.2';
  const policy = readPolicy(text);
  assert.deepEqual(readPolicy(policyText(policy)), policy);
  assert.match(policyText(policy), /^filter\.year_to = 1999$/m);
});

for (const [text, key] of [
  ['name = "a"\nbudget = 3', 'budget'],
  ['name = "a"\n[reserve]\nshares = 0.1', 'reserve.shares'],
  ['name = "a"\n[reserve]\nshare = 0.95', 'reserve.share'],
  ['name = "a"\norder = "random"', 'order'],
  ['name = "A b"', 'name'],
  ['order = "popularity"', 'name'],
  ['name = "a"\n[filter]\nplace = "IS"', 'filter.place'],
  ['name = "a"\nfilter.language = ["en"]', 'filter.language'],
  ['name = = 1', 'line 1'],
] as const)
  test(`a policy is refused by the key ${key}`, () => {
    assert.throws(
      () => readPolicy(text),
      (error: { code: string; seen: string }) =>
        error.code === 'POLICY_INVALID' && error.seen.startsWith(key),
    );
  });

for (const [text, key] of [
  ['filter.year_from = 2000\nfilter.year_to = 1999', 'filter.year_from'],
  ['filter.popularity_from = 5\nfilter.popularity_to = 4', 'filter.popularity_from'],
  ['order = "rarity"\nreserve.share = 0.1', 'reserve.share'],
  ['tail = "original"\nunknown = "opus"', 'unknown'],
  ['sizes.opus_kbps = 160', 'sizes.opus_kbps'],
] as const)
  test(`rules that contradict each other are refused by the key ${key}`, () => {
    assert.throws(
      () => readPolicy(`name = "a"\n${text}`),
      (error: { code: string; seen: string }) =>
        error.code === 'POLICY_CONTRADICTION' && error.seen.startsWith(key),
    );
  });
