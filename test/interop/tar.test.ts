/** GNU tar, bsdtar and Python's tarfile list and extract a volume as it was planned. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { sha256 } from '../../src/base/digest.ts';
import { caseKey } from '../../src/formats/path-set.ts';
import { missing, writeSampleVolume } from './sample-volume.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-tar-'));
after(() => fs.rmSync(folder, { recursive: true }));
const { file, plan, payloads } = writeSampleVolume(folder);
const environment = { ...process.env, LC_ALL: 'C.UTF-8' };

const LIST_IN_PYTHON = `
import sys, tarfile
with tarfile.open(sys.argv[1], "r:") as archive:
    for member in archive:
        assert member.isreg() and (member.mode, member.uid, member.gid, member.mtime) == (0o644, 0, 0, 0), member
        print(member.name, member.size, member.offset_data, sep="\\t")
`;

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Everything below \`root\`, as path → digest. */
function extracted(root: string): Map<string, string> {
  const names = fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const whole = path.join(entry.parentPath, entry.name);
      return [path.relative(root, whole), sha256(fs.readFileSync(whole))];
    }),
  );
}

const wanted = new Map<string, string>([
  ['fonoteca-index-1.jsonl', sha256(plan.indexBytes)],
  ...plan.members.map((member): [string, string] => [member.path, member.digest]),
]);

describe('a volume of Unicode, long and awkward names', () => {
  test('has such names in it', () => {
    const paths = plan.members.map((member) => member.path);
    assert(paths.some((name) => Buffer.byteLength(name) > 1000));
    assert(
      paths.some((name) => /\p{Script=Han}/u.test(name)) &&
        paths.some((name) => /\p{Emoji_Presentation}/u.test(name)),
    );
    assert.equal(new Set(paths.map(caseKey)).size, payloads.size);
  });

  for (const command of ['tar', 'bsdtar']) {
    const skip = missing(command, ['--version']);
    test(`is listed by ${command} in order, without a warning`, { skip }, () => {
      const args = command === 'tar' ? ['--quoting-style=literal'] : [];
      assert.deepEqual(
        run(command, [...args, '-tf', file])
          .trimEnd()
          .split('\n'),
        [...wanted.keys()],
      );
    });
    test(`is extracted by ${command} byte for byte`, { skip }, () => {
      const into = path.join(folder, command);
      fs.mkdirSync(into);
      run(command, ['-xf', file, '-C', into]);
      assert.deepEqual([...extracted(into)].sort(), [...wanted].sort());
    });
  }

  test('is read by Python with every payload where the plan puts it', {
    skip: missing('python3', ['--version']),
  }, () => {
    const rows = run('python3', ['-c', LIST_IN_PYTHON, file]).trimEnd().split('\n').slice(1);
    assert.deepEqual(
      rows,
      plan.members.map(
        (member) => `${member.path}\t${member.sizeBytes}\t${member.payloadPositionBytes}`,
      ),
    );
  });
});
