/** The readers of the two verifiers held together: what the one takes the other takes, a document and a volume at a time. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { startFindings } from '../../src/verifier/codes.ts';
import { checkIndex } from '../../src/verifier/index-check.ts';
import { walkHeads } from '../../src/verifier/tar-walk.ts';
import { oddVolume, PATH_LISTS } from '../support/odd-volume.ts';
import { missingTools } from '../support/outside-tools.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-readers-'));
after(() => fs.rmSync(folder, { recursive: true }));
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
