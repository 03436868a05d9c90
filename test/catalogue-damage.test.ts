/** A damaged catalogue never keeps the archive from its work, and there is a way back from each damage. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Ran, runFonoteca } from './support/run-fonoteca.ts';
import { writeSampleMusic } from './support/sample-music.ts';
import { buildSmallCatalogue } from './support/small-catalogue.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-damage-'));
const music = path.join(folder, 'music');
const archive = path.join(folder, 'archive');
let snapshot = '';
let track: { id: string; title: string };
after(() => fs.rmSync(folder, { recursive: true }));

const run = (...args: string[]): Promise<Ran> =>
  runFonoteca([...args, '--archive', archive, '--json']);
const findings = ({ events }: Ran) =>
  events.filter(({ event }) => event === 'finding').map(({ code, subject }) => [code, subject]);

before(async () => {
  await writeSampleMusic(music);
  const ran = await runFonoteca(['up', music, '--dir', archive, '--no-serve']);
  assert.equal(ran.code, 0, ran.stderr);
  const lines = fs.readFileSync(path.join(archive, 'editions/0001/catalogue.jsonl'), 'utf8');
  track = JSON.parse(lines.split('\n')[0]!);
  const uuid = '10000000-0000-4000-8000-000000000001';
  snapshot = await buildSmallCatalogue(path.join(archive, 'catalogue'), {
    rows: [{ id: uuid, title: 'Any', artist: 'Any' }],
  });
  const matched = await run('match', track.id, `mbid:${uuid}`);
  assert.equal(matched.code, 0, matched.stdout);
});

function flip(name: string): void {
  const file = path.join(snapshot, name);
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  fs.writeFileSync(file, bytes);
}

const heldRows = () =>
  JSON.parse(fs.readFileSync(path.join(snapshot, 'held.json'), 'utf8')).tracks as number;

test('a bitmap of what is held that is damaged or gone is named, and made anew from the ledger', async () => {
  const name = 'held-tracks.bitmap';
  const file = path.join(snapshot, name);
  const good = fs.readFileSync(file);
  for (const [code, damage] of [
    ['SEARCH_INDEX_DAMAGED', () => flip(name)],
    ['FILE_MISSING', () => fs.unlinkSync(file)],
  ] as const) {
    damage();
    const checked = await run('catalogue', 'check');
    assert.deepEqual([checked.code, findings(checked)], [12, [[code, name]]]);
    assert.equal((await run('match')).code, 0);
    assert.deepEqual(fs.readFileSync(file), good);
    assert.equal(heldRows(), 1);
  }
});

test('with a damaged index, add holds, withdraw publishes, each tells it, and a build makes it anew', async () => {
  flip('track-ids.index');
  const lyrics = path.join(folder, 'words');
  fs.mkdirSync(lyrics);
  fs.writeFileSync(path.join(lyrics, 'notes.txt'), 'Notes on what is here.\n');
  const added = await run('add', lyrics);
  assert.equal(added.code, 0, added.stdout);
  const subject = `catalogue snapshot ${path.basename(snapshot)}`;
  assert.ok(findings(added).some((one) => one[1] === subject));

  const withdrawn = await run('withdraw', track.id, '--reason', 'holder-request', '--yes');
  assert.equal(withdrawn.code, 0, withdrawn.stdout);
  assert.deepEqual(findings(withdrawn), [['SEARCH_INDEX_DAMAGED', subject]]);
  assert.ok(fs.existsSync(path.join(archive, 'editions/0002/edition.json')));

  assert.equal((await run('catalogue', 'check')).code, 12);
  assert.equal((await run('catalogue', 'build', '--again')).code, 0);
  assert.deepEqual(findings(await run('catalogue', 'check')), []);
  assert.equal(heldRows(), 0);
});
