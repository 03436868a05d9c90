import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from './canonical-json.ts';

test('equal values give equal bytes, in the order of the keys’ bytes, even for keys that look like numbers', () => {
  assert.equal(
    canonicalJson({ b: 1, a: [true, null, 'x'], 10: 2, 9: 3, é: 4 }),
    '{"10":2,"9":3,"a":[true,null,"x"],"b":1,"é":4}',
  );
  assert.equal(
    canonicalJson([{ z: { b: 'x', 10: [], 9: null }, a: 1 }, '\u2028"']),
    '[{"a":1,"z":{"10":[],"9":null,"b":"x"}},"\u2028\\""]',
  );
  assert.equal(canonicalJson({ a: { z: undefined, y: 1 } }), '{"a":{"y":1}}');
  assert.equal(canonicalJson(JSON.parse('{"__proto__":1}')), '{"__proto__":1}');
});

test('what JSON cannot carry is a bug, and lone surrogates become U+FFFD', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => canonicalJson({ value }), TypeError);
  assert.equal(canonicalJson('a\ud800'), '"a\ufffd"');
  assert.equal(canonicalJson({ 'a\ud800': 1 }), '{"a\ufffd":1}');
  assert.equal(canonicalJson([1e21, -0, 0.1]), '[1e+21,0,0.1]');
});
