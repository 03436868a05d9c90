import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oddVolume, PATH_LISTS } from '../../test/support/odd-volume.ts';
import { unsafePathReason } from '../base/safe-path.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { startFindings } from '../verifier/codes.ts';
import { checkIndex } from '../verifier/index-check.ts';
import { isSafePath, wrongPath } from '../verifier/member-paths.ts';
import { startTarWalk } from '../verifier/tar-walk.ts';

const INDEX = 'fonoteca-index-1.jsonl';

describe('the paths of members', () => {
  test('are safe where the validator of the program says so', () => {
    const random = seededRandom(20261122);
    const parts = [
      'a',
      'Ño',
      '/',
      '/',
      '.',
      '..',
      ' ',
      'con',
      'COM1',
      'lpt²',
      'nul.x',
      '\\',
      ':',
      '|',
    ];
    parts.push('\u0000', '\n', '\u0085', '\u202e', '\u2028', '\u2066', '\uffff', '\ud800', '水');
    parts.push('e\u0301', 'x'.repeat(254), 'ä'.repeat(127), 'd/'.repeat(61), '\u{1f3b5}');
    for (let round = 0; round < 20_000; round += 1) {
      const text = Array.from({ length: random.below(6) }, () => random.pick(parts)).join('');
      assert.equal(isSafePath(text), unsafePathReason(text) === undefined, JSON.stringify(text));
    }
  });

  for (const [what, paths, wanted] of [
    ['in order', ['Ana/a', 'Ana/b', 'Zoe', 'a', '\uff5e', '\u{1f3b5}'], undefined],
    ['in folders that differ in case alone', ['Ana/a', 'ana/b'], undefined],
    ['that lead out', ['../../../home/ana/.bashrc'], /no safe path$/],
    ['that begin at the root', ['/etc/passwd'], /no safe path$/],
    ['with control characters', ['a\u001b[31mb'], /no safe path$/],
    ['that turn the direction of writing', ['a\u202eb'], /no safe path$/],
    ['out of order', ['b', 'a'], /"a" out of order$/],
    ['in the order of UTF-16', ['\u{1f3b5}', '\uff5e'], /out of order$/],
    ['that come twice', ['a', 'a'], /out of order$/],
    ['that differ in case alone', ['A/b', 'a/B'], /meets an earlier path$/],
    ['of a file that is a folder elsewhere', ['A', 'a/b'], /meets an earlier path$/],
    ['of a folder that is a file elsewhere', ['A/b', 'a'], /meets an earlier path$/],
    ['of the index', [INDEX], /meets an earlier path$/],
  ] as const)
    test(`${what} ${wanted ? 'are refused' : 'are taken'}`, () => {
      const seen = wrongPath(INDEX, paths);
      if (wanted) assert.match(seen ?? 'taken', wanted);
      else assert.equal(seen, undefined);
    });
});

test('a volume is refused whose members have paths that no volume may have', () => {
  for (const [paths, isTaken] of PATH_LISTS) {
    const { name, bytes } = oddVolume(paths);
    const walk = startTarWalk();
    walk.feed(bytes);
    const findings = startFindings();
    const ground = { name, tar: walk.finish(), withdrawn: new Set<string>(), isZeros: () => true };
    const members = checkIndex(ground, findings);
    const codes = findings.kept.map(({ code }) => code);
    const what = JSON.stringify(paths);
    assert.deepEqual(codes, isTaken ? [] : ['VERIFY_INDEX'], what);
    assert.deepEqual(
      members.map(({ path }) => path),
      isTaken ? paths : [],
      what,
    );
  }
});
