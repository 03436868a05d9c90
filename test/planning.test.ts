import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import {
  sampleAlbum,
  sampleArtist,
  sampleTrack,
  writeSampleImport,
} from '../src/snapshots/import-samples.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-plans-'));
const archive = path.join(root, 'archive');
const MBID = '0a1b2c3d-0000-4000-8000-00000000000f';
after(() => fs.rmSync(root, { recursive: true }));

async function run(...words: string[]) {
  const { code, stdout, stderr } = await runFonoteca([...words, '--archive', 'archive'], {
    cwd: root,
  });
  return { code, said: stdout + stderr };
}

async function says(words: readonly string[], ...wanted: RegExp[]): Promise<string> {
  const { code, said } = await run(...words);
  assert.equal(code, 0, said);
  for (const one of wanted) assert.match(said, one);
  return said;
}

before(async () => {
  const made = await runFonoteca(['init', 'archive', '--name', 'X', '--contact', 'a@example.org'], {
    cwd: root,
  });
  assert.equal(made.code, 0, made.stderr);
  writeCatalogue('2026-01-02', 20);
  await says(['catalogue', 'build']);
});

/** Tracks from 0 on, the first ten of them heard; a later one of the source has others and other popularity. */
function writeCatalogue(date: string, count: number, rising = 0): void {
  const tracks = Array.from({ length: count }, (_, number) =>
    sampleTrack({
      id: number === 7 ? `mbid:${MBID}` : `x:t${number}`,
      title: `Kettle ${number}`,
      artist: 'The Hazel Telegraph',
      artistIds: ['x:a'],
      albumId: 'x:r',
      durationMs: 200_000,
      isrcs: [`QZABC26000${String(number).padStart(2, '0')}`],
      popularity: number < 10 ? 40 - number + rising * number : 0,
      licence: number % 2 === 0 ? 'CC-BY-4.0' : null,
    }),
  );
  writeSampleImport(
    path.join(archive, 'catalogue'),
    {
      tracks,
      albums: [sampleAlbum({ id: 'x:r', title: 'Kettles', artistIds: ['x:a'] })],
      artists: [sampleArtist({ id: 'x:a', name: 'The Hazel Telegraph', followers: 1000 })],
      links: [
        { id: 'x:t0', kind: 'audio', url: 'https://free.example.org/0.ogg' },
        { id: 'x:t1', kind: 'audio', url: 'https://closed.example.org/1.ogg' },
        { id: 'x:a', kind: 'homepage', url: 'https://hazel.example.org/' },
        { id: 'x:a', kind: 'patronage', url: 'https://hazel.example.org/give' },
        { id: 'x:r', kind: 'homepage', url: 'https://hazel.example.org/kettles' },
        { id: 'x:r', kind: 'licence', url: 'https://licence.example.org/' },
      ],
    },
    { source: 'x', date, popularity: { origin: 'x', method: 'given', date: null } },
  );
}

test('before there is a plan, questions about it say so', async () => {
  const { code, said } = await run('plan', '--at', '1GB');
  assert.equal(code, 1);
  assert.match(said, /PLAN_MISSING/);
});

test('a plan over the snapshot in use is kept beside that of the holdings, once for each that differs', async () => {
  const words = ['plan', '--budget', '30MB', '--policy', 'popularity-2025'];
  await says(
    words,
    /nothing held \[kept as plans\/0001\.json\]/,
    /7 of 20 tracks .*\[kept as plans\/catalogue-0001\.plan/,
    /end of popularity above 0/,
  );
  await says(words, /the same as plans\/catalogue-0001\.plan/);
  const said = await says(['plan', '--budget', '60MB'], /by policy default/);
  assert.match(said, /against the plan before: 7 kept, \d+ gained, 0 lost/);
  assert.deepEqual(
    fs.readdirSync(path.join(archive, 'plans')).filter((name) => name.endsWith('.plan')),
    ['catalogue-0001.plan', 'catalogue-0002.plan'],
  );
  await says(['plan', '--budget', '30MB', '--dry-run'], /not kept/);
  assert.equal(fs.readdirSync(path.join(archive, 'plans')).length, 4);
});

test('the kept plan answers for other budgets and draws its curve', async () => {
  await says(['plan', '--at', '10MB', 'none'], /10MB: 2 tracks/, /none: 20 tracks/);
  await says(['plan', '--curve', 'curve.csv'], /points in curve\.csv/);
  assert.match(fs.readFileSync(path.join(root, 'curve.csv'), 'utf8'), /^bytes,size,tracks,/);
  await says(['plan', '--curve', 'curve.svg'], /points in curve\.svg/);
  const picture = fs.readFileSync(path.join(root, 'curve.svg'), 'utf8');
  for (const word of [
    /^<svg /,
    />listens</,
    />recordings</,
    />artists</,
    />this plan/,
    /popularity above 0/,
  ])
    assert.match(picture, word);
  assert.equal((await run('plan', '--curve', 'curve.xls')).code, 2);
});

test('a track is told its fate in a sentence with its numbers', async () => {
  await says(
    ['plan', '--explain', 'x:t0'],
    /The Hazel Telegraph – Kettle 0: original by policy default \(rank 0 of 20, counted from 0, popularity 40\); the order takes 4\.00 MB/,
  );
  await says(['plan', '--explain', 'x:t12'], /popularity 0, its score from artist popularity 40/);
  assert.match((await run('plan', '--explain', 'x:nothing')).said, /NOT_HELD/);
});

test('what is wanted names sources that may give it, and none whose licence allows nothing', async () => {
  const said = await says(
    ['plan', '--gap', '--limit', '5'],
    /planned, original, free to distribute/,
    /planned, original, right unknown/,
    /1 {2}download at free\.example\.org/,
    /20 {2}ask at hazel\.example\.org/,
  );
  assert.doesNotMatch(said, /closed\.example\.org/);
});

test('a list says line by line what is planned, known and unknown', async () => {
  fs.writeFileSync(
    path.join(root, 'list.csv'),
    `isrc,artist,title,mbid\nQZABC2600000,,,\n,the HAZEL Telegraph,Kettle 3,\n,,,${MBID}\nQZABC2699999,,,\n,,Kettle 3,\n`,
  );
  await says(
    ['plan', '--check', 'list.csv'],
    /^2: QZABC2600000: planned as x:t0, original$/m,
    /^3: the HAZEL Telegraph - Kettle 3: planned as x:t3, original wanted$/m,
    /^4: .*: planned as mbid:/m,
    /^5: QZABC2699999: unknown$/m,
    /5 asked for: 0 held, 3 planned, 0 known, 2 unknown/,
  );
});

test('a policy that cannot be is refused before anything is planned', async () => {
  fs.writeFileSync(path.join(root, 'mine.toml'), 'name = "mine"\n[reserve]\nshares = 0.1\n');
  const { code, said } = await run('plan', '--policy', 'mine.toml');
  assert.equal(code, 2);
  assert.match(said, /POLICY_INVALID[\s\S]*reserve\.shares/);
  assert.match((await run('plan', '--policy', 'nothing')).said, /POLICY_UNKNOWN/);
  assert.match((await run('plan', '--budget', '0')).said, /PLAN_BUDGET/);
  fs.writeFileSync(path.join(root, 'mine.toml'), 'name = "mine"\norder = "coverage"\n');
  await says(['plan', '--policy', 'mine.toml', '--dry-run'], /by policy mine, rights all/);
  await says(['plan', '--policy', 'mine.toml', '--show'], /^order = "coverage"$/m);
});

test('plans over one snapshot are compared by rank, over two by id, and told by reason with a few tracks', async () => {
  await says(
    ['plan', '--diff'],
    /plans\/catalogue-0002\.plan over \w+ against plans\/catalogue-0001\.plan over \w+, over the same snapshot: 7 kept, 13 gained, 0 lost/,
    /4 {2}were skipped:over-budget and are opus wanted/,
  );
  const first = fs.readFileSync(path.join(archive, 'catalogue', 'current'), 'utf8').trim();
  // A newer dump: popularity turns round, tracks 18 and 19 are gone.
  writeCatalogue('2026-03-02', 18, 2);
  await says(['catalogue', 'build']);
  await says(
    ['plan', '--budget', '30MB', '--policy', 'popularity-2025'],
    /the plan before is over another snapshot/,
  );
  const against = ['plan', '--diff', 'catalogue-0001.plan'];
  await says(
    against,
    /over two snapshots, by stable id: 4 kept, 3 gained, 3 lost/,
    /2 {2}were skipped:over-budget and are not in the catalogue/,
    /x:t0 {2}The Hazel Telegraph – Kettle 0, popularity 40$/m,
    /x:t9 {2}The Hazel Telegraph – Kettle 9, popularity 31, now 49$/m,
  );
  assert.match((await run('plan', '--diff', 'catalogue-0009.plan')).said, /PLAN_MISSING/);
  await says(['catalogue', 'drop', first]);
  await says(against, /over \w+, which is gone/, /only the sums are known/);
});
