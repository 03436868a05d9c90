/** The readers of the two verifiers held together: what the one takes the other takes, a document and a volume at a time. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { startFindings } from '../../src/verifier/codes.ts';
import { countField, parseDocument } from '../../src/verifier/documents.ts';
import { Problem } from '../../src/verifier/files.ts';
import { checkIndex } from '../../src/verifier/index-check.ts';
import { walkHeads } from '../../src/verifier/tar-walk.ts';
import { oddVolume, PATH_LISTS } from '../support/odd-volume.ts';
import { missingTools } from '../support/outside-tools.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-readers-'));
after(() => fs.rmSync(folder, { recursive: true }));
/** Numbers that readers of JSON read differently. */
const SPELLINGS = [
  ...['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '1e21'],
  ...['100000000000000000000000', '1e+21', '1E5', '-0', '0.1', '1.0', '5e-324', '1e-7', '1e-07'],
  ...['123456789.123456789', '1.5e+300', '1e400', '123456789012345680000', '1e+22', '0.000001'],
  ...['NaN', 'Infinity', '-Infinity', '01', '+1', '.5', '1.', '1'.repeat(400), '9'.repeat(5000)],
];
const verifier = path.resolve(import.meta.dirname, '../../verify');

/** What the Python verifier gives for each of `values` with the body of a function of `value`. */
function python(body: string, values: readonly unknown[]): unknown[] {
  const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(verifier)})
sys.dont_write_bytecode = True
import fonoteca_verify as v
def ask(value):
${body}
print(json.dumps([ask(value) for value in json.load(sys.stdin)]))
`;
  const input = JSON.stringify(values);
  const { stdout, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

describe('both verifiers', { skip: missingTools('python3') }, () => {
  test('take the same documents', () => {
    const random = seededRandom(20261122);
    const numbers = Array.from({ length: 3000 }, () => {
      const value = Buffer.from(random.bytes(8)).readDoubleLE();
      const whole = (random.below(2 ** 31) + 1) * 10 ** random.below(24);
      return [`${value}`, `${whole}`, `${whole}1`, `-${whole}`, BigInt(whole).toString()];
    }).flat();
    const nested = [1, 62, 63, 64, 65, 400, 1500, 5000].flatMap((depth) => [
      `${'['.repeat(depth)}${']'.repeat(depth)}`,
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
      `${'{"a":'.repeat(depth)}"\\ud800"${'}'.repeat(depth)}`,
    ]);
    const texts = ['"\\u2028"', '"\u2028"', '"\\u007f"', '"\u007f"', '"\\ud800"', '"\\b\\u0007"'];
    const values = [...SPELLINGS, ...texts, ...nested, ...numbers].map((value) => `{"a":${value}}`);
    const objects = ['{"\uffff":1,"\u{10000}":2}', '{"\u{10000}":1,"\uffff":2}', '{"a":1,"a":1}'];
    const documents = [...values, ...objects, '{"10":1,"9":2}', '{"9":1,"10":2}', '[]', '1', ''];
    const theirs = python(
      `    try: v.document((value + "\\n").encode(), "object")
    except v.Wrong as wrong: return wrong.code
    return "taken"`,
      documents,
    );
    const ours = documents.map((document) => {
      try {
        parseDocument(Buffer.from(`${document}\n`));
        return 'taken';
      } catch (error) {
        return error instanceof Problem ? error.code.slice('VERIFY_'.length) : String(error);
      }
    });
    for (const [at, document] of documents.entries())
      assert.equal(theirs[at], ours[at], document.slice(0, 100));
    assert.equal(ours[documents.indexOf('{"a":9007199254740993}')], 'DOCUMENT');
    assert.ok(ours.filter((each) => each === 'taken').length > 5000);
  });

  test('take the same counts', () => {
    const counts = [
      0,
      1,
      999_999_999_999_999,
      1e15,
      2 ** 53 - 1,
      2 ** 53,
      1e21,
      -1,
      0.5,
      '1',
      null,
    ];
    const theirs = python(
      `    try: v.shape(json.loads(value), "count")
    except v.Wrong: return False
    return True`,
      counts.map((count) => JSON.stringify(count)),
    );
    const ours = counts.map((count) => {
      try {
        return countField({ count }, 'count') === count;
      } catch {
        return false;
      }
    });
    assert.deepEqual(theirs, ours);
    assert.deepEqual(ours, [true, true, true, ...counts.slice(3).map(() => false)]);
  });

  test('refuse the same paths of members', () => {
    fs.mkdirSync(path.join(folder, 'volumes'));
    const volumes = PATH_LISTS.map(([paths]) => {
      const { name, bytes } = oddVolume(paths);
      const file = path.join(folder, 'volumes', `${name}.tar`);
      fs.writeFileSync(file, bytes);
      return { name, file, members: paths.length };
    });
    const theirs = python(
      `    volume = {**value, "path": f"volumes/{value['name']}.tar", "tier": "original", "withdrawn": 0}
    tree = v.Tree(${JSON.stringify(folder)})
    with tree.trying(volume["path"]): v.check_members(tree, volume, set())
    return [each["code"] for each in tree.findings]`,
      volumes,
    );
    const ours = volumes.map(({ name, file }) => {
      const findings = startFindings();
      const ground = { name, tar: walkHeads(file), withdrawn: new Set<string>() };
      checkIndex({ ...ground, isZeros: () => true }, findings);
      return findings.kept.map(({ code }) => code);
    });
    assert.deepEqual(theirs, ours);
    assert.deepEqual(
      ours,
      PATH_LISTS.map(([, isTaken]) => (isTaken ? [] : ['VERIFY_INDEX'])),
    );
  });
});
