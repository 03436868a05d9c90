/** What lies behind a link, or is the archive's own, is never read for a table's sake. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { sha256 } from '../base/digest.ts';
import { addBench, song, told } from './test-add.ts';

const door = await openAudioDoor({ workers: 1 });
after(() => door.close());

const SECRET = 'BEGIN OPENSSH PRIVATE KEY';

test('evidence that a table names behind a linked folder is not read, wherever the link leads', async () => {
  await using bench = addBench(door);
  fs.writeFileSync(path.join(bench.beside, 'id_ed25519'), SECRET);
  bench.put('a.ogg', await song(1));
  bench.put('b.ogg', await song(1, { TITLE: 'B' }));
  bench.put('c.ogg', await song(1, { TITLE: 'C' }));
  bench.put('real/deep/permit.odt', 'I permit this.');
  fs.symlinkSync(bench.beside, path.join(bench.music, 'papers'));
  fs.symlinkSync(path.join(bench.beside, 'id_ed25519'), path.join(bench.music, 'key'));
  fs.symlinkSync('real', path.join(bench.music, 'inside'));
  bench.put(
    'tracks.csv',
    'path,licence,evidence\na.ogg,CC0-1.0,papers/id_ed25519\nb.ogg,CC0-1.0,key\nc.ogg,CC0-1.0,inside/deep/permit.odt\n',
  );
  const report = await bench.add();
  const missing = report.findings.filter(({ code }) => code === 'EVIDENCE_MISSING');
  assert.deepEqual(
    missing.map(({ seen }) => seen),
    [
      '"papers/id_ed25519": below "papers", which is a link',
      '"key": not a regular file',
      '"inside/deep/permit.odt": below "inside", which is a link',
    ],
  );
  assert.equal(await bench.deps.store.sizeOf(sha256(SECRET)), undefined);
  assert.equal(await bench.deps.ledger.holding(sha256(SECRET)), undefined);
  const [held] = await bench.deps.ledger.holdings();
  assert.deepEqual(
    held?.rights.evidence.map(({ kind }) => kind),
    ['table'],
  );
});

test('no file of the archive is evidence, where the archive lies in the folder that is added', async () => {
  await using bench = addBench(door);
  const { root } = bench.deps.store.layout;
  fs.writeFileSync(path.join(root, 'keys/edition.key'), SECRET);
  bench.put('a.ogg', await song(1));
  const home = path.dirname(root);
  fs.writeFileSync(
    path.join(home, 'tracks.csv'),
    'path,licence,evidence\nmusic/a.ogg,CC0-1.0,archive/keys/edition.key\n',
  );
  const report = await bench.add({}, { paths: [home] });
  assert.deepEqual(told(report), ['warned EVIDENCE_MISSING tracks.csv line 2']);
  assert.match(report.findings[0]!.seen, /a file of the archive itself/);
  assert.equal(await bench.deps.ledger.holding(sha256(SECRET)), undefined);
});

test('a name that no file system has costs only its row', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  const long = 'x'.repeat(300);
  bench.put('tracks.csv', `path,licence,evidence\na.ogg,CC0-1.0,${long}/y\n${long}.ogg,CC0-1.0,\n`);
  const report = await bench.add();
  assert.deepEqual(told(report), [
    'warned EVIDENCE_MISSING tracks.csv line 2',
    'warned TABLE_ROW_UNMATCHED tracks.csv line 3',
  ]);
});

test('a refused file is not read again through a folder that became a link', async () => {
  await using bench = addBench(door);
  bench.put('new/song.mp3', 'no audio');
  await bench.add();
  fs.writeFileSync(path.join(bench.beside, 'song.mp3'), await song(1));
  fs.rmSync(path.join(bench.music, 'new'), { recursive: true });
  fs.symlinkSync(bench.beside, path.join(bench.music, 'new'));
  bench.opened.length = 0;
  const report = await bench.add({ again: true });
  assert.deepEqual(told(report), ['left FILE_NOT_REGULAR song.mp3']);
  assert.deepEqual([bench.opened, await bench.deps.ledger.holdings()], [[], []]);
});
