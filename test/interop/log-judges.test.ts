/** Go's implementation of transparency logs judges ours: checkpoint, tiles, entries, and every proof. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fixedClock } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { unwatched } from '../../src/base/progress.ts';
import { checkpointText, noteVerifierKey, signNote } from '../../src/formats/signed-note.ts';
import { EMPTY_EDGE, growEdge, headOf, type LogEdge } from '../../src/formats/tlog-edge.ts';
import { consistencyProof, inclusionProof } from '../../src/formats/tlog-proof.ts';
import { tilePath } from '../../src/formats/tlog-tiles.ts';
import { logOrigin } from '../../src/model/edition.ts';
import { storedHashes } from '../../src/publishing/log-folder.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { TEST_KEY, testArchive, testSongs } from '../../src/publishing/test-archive.ts';
import { judge, missingTools } from '../support/outside-tools.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-log-judges-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const BUILD_LIMIT_MS = 300_000;
const ORIGIN = logOrigin('0707070707070707');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The judge, built once from the copy of golang.org/x/mod that every Go carries. */
function buildJudge(): string {
  const goroot = judge('go', ['env', 'GOROOT']).stdout.trim();
  const source = path.join(folder, 'judge');
  for (const name of ['note', 'tlog'])
    fs.cpSync(
      path.join(goroot, 'src/cmd/vendor/golang.org/x/mod/sumdb', name),
      path.join(source, name),
      { recursive: true, dereference: true },
    );
  // Before Go 1.20 the package came from outside the library, as a wrapper of the same functions.
  const note = path.join(source, 'note/note.go');
  const imported = fs.readFileSync(note, 'utf8').replace('golang.org/x/crypto/', 'crypto/');
  fs.writeFileSync(note, imported);
  fs.copyFileSync(path.join(import.meta.dirname, 'log-judge.go'), path.join(source, 'main.go'));
  const version = /go(1\.\d+)/.exec(judge('go', ['env', 'GOVERSION']).stdout)![1];
  fs.writeFileSync(path.join(source, 'go.mod'), `module judge\n\ngo ${version}\n`);
  const program = path.join(folder, 'log-judge');
  // The first build compiles Go's own library too.
  const built = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: source,
    encoding: 'utf8',
    env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOPROXY: 'off' },
    timeout: BUILD_LIMIT_MS,
  });
  assert.equal(built.status, 0, `${built.error ?? ''}${built.stderr}`);
  return program;
}

/** Every proof as Go makes it from the log in `log`, all of them checked by it. */
function judged(program: string, log: string) {
  const key = noteVerifierKey(ORIGIN, TEST_KEY.publicKey);
  const { status, stdout, said } = judge(program, [log, key, ORIGIN]);
  assert.equal(status, 0, said);
  return JSON.parse(stdout) as { Size: number; Inclusion: string[][]; Consistency: string[][] };
}

describe('Go judges the log', { skip: missingTools('go') }, () => {
  const program = missingTools('go') ? '' : buildJudge();

  test('of a published archive', async () => {
    const archive = await testArchive(path.join(folder, 'archive'));
    for (const number of [1, 2, 3]) {
      await archive.pack(testSongs(1, number, 900));
      const deps = archive.with({ clock: fixedClock(`2026-01-1${number}T00:00:00Z`) });
      await publishEdition(await planEdition(deps), deps, unwatched);
    }
    await archive.close();
    const log = path.join(archive.root, 'editions/log');
    assert.equal(judged(program, log).Size, 4);
    const checkpoint = path.join(log, 'checkpoint');
    fs.writeFileSync(checkpoint, fs.readFileSync(checkpoint, 'utf8').replace('\n4\n', '\n3\n'));
    const key = noteVerifierKey(ORIGIN, TEST_KEY.publicKey);
    assert.notEqual(judge(program, [log, key, ORIGIN]).status, 0, 'believes a changed checkpoint');
  });

  test('of 70 and of 600 entries, grown in steps, and makes the same proofs', () => {
    for (const size of [70, 600]) {
      const editions = path.join(folder, `grown-${size}`);
      const log = path.join(editions, 'log');
      let edge: LogEdge = EMPTY_EDGE;
      while (edge.size < size) {
        const count = Math.min(37, size - edge.size);
        const from = edge.size;
        const entries = Array.from({ length: count }, (_, at) =>
          Buffer.from(`{"entry":${from + at}}`),
        );
        const grown = growEdge(edge, entries);
        for (const tile of grown.tiles) {
          const file = path.join(log, tilePath(tile));
          fs.mkdirSync(path.dirname(file), { recursive: true });
          fs.writeFileSync(file, tile.bytes);
        }
        ({ edge } = grown);
      }
      const text = checkpointText({ origin: ORIGIN, ...headOf(edge) });
      const note = signNote(text, { name: ORIGIN, keys: [TEST_KEY] });
      fs.writeFileSync(path.join(log, 'checkpoint'), note);
      const hashes = storedHashes({ disk: realDisk, directories: { editions } }, size);
      const { Inclusion, Consistency } = judged(program, log);
      assert.equal(Inclusion.length, size);
      for (const [index, proof] of Inclusion.entries())
        assert.deepEqual(inclusionProof(hashes, index, size).map(hex), proof, `entry ${index}`);
      for (const [at, proof] of Consistency.entries())
        assert.deepEqual(consistencyProof(hashes, at + 1, size).map(hex), proof, `from ${at + 1}`);
    }
  });
});
