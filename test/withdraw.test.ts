import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { sha256Of, treeDigests } from './support/published.ts';
import { type Ran, runFonoteca } from './support/run-fonoteca.ts';
import { writeSampleMusic } from './support/sample-music.ts';
import { freePort, startServe } from './support/start-serve.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-withdraw-'));
const music = path.join(folder, 'music');
const archive = path.join(folder, 'archive');
after(() => fs.rmSync(folder, { recursive: true }));

interface Track {
  readonly id: string;
  readonly title: string;
  readonly albumId: string;
  readonly files: readonly { digest: string; volume: string; path: string }[];
}

before(async () => {
  await writeSampleMusic(music);
  // Artist and album stand in the folders' names.
  const table = path.join(music, 'tracks.csv');
  const [head, ...rows] = fs.readFileSync(table, 'utf8').trimEnd().split('\n');
  const filed = rows.map((row) => `${row},${row.split('/').slice(0, 2).join(',')}`);
  fs.writeFileSync(table, `${[`${head},artist,album`, ...filed].join('\n')}\n`);
  fs.writeFileSync(path.join(music, 'Bo/Air/lyrics.txt'), 'The wind, the wind.\n');
  const ran = await runFonoteca(['up', music, '--dir', archive, '--no-serve']);
  assert.equal(ran.code, 0, ran.stderr);
});

/** A copy to try things on. */
function copy(name: string): string {
  const there = path.join(folder, name);
  fs.cpSync(archive, there, { recursive: true });
  return there;
}

const run = (root: string, ...args: string[]): Promise<Ran> =>
  runFonoteca([...args, '--archive', root, '--json']);

async function done(root: string, ...args: string[]): Promise<Ran> {
  const ran = await run(root, ...args);
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

const withdrawing = (id: string, ...more: string[]) => [
  'withdraw',
  id,
  '--reason',
  'holder-request',
  '--yes',
  ...more,
];

const readEdition = (root: string, number: number) =>
  JSON.parse(fs.readFileSync(path.join(root, `editions/000${number}/edition.json`), 'utf8'));
const infohashes = (root: string, number: number): Record<string, string> =>
  Object.fromEntries(
    readEdition(root, number).volumes.map((volume: { name: string; infohashV1: string }) => [
      volume.name,
      volume.infohashV1,
    ]),
  );

function tracks(root: string, number = 1): Track[] {
  const file = path.join(root, `editions/000${number}/catalogue.jsonl`);
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const trackNamed = (title: string) => tracks(archive).find((track) => track.title === title)!;

const planOf = (ran: Ran) => ran.events.find(({ event }) => event === 'withdrawal-plan');
const digestsOf = (plan: Ran['events'][number] | undefined) => plan?.digests as readonly string[];

/** Whether any file below `root`, sealed copies left out, holds `bytes`. */
function holds(root: string, bytes: Buffer): boolean {
  return fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('sealed') && fs.statSync(path.join(root, name)).isFile())
    .some((name) => fs.readFileSync(path.join(root, name)).includes(bytes));
}

test('a withdrawn track leaves every volume, page and file at once; restored, the old infohash is back', async () => {
  const root = copy('round');
  const wind = trackNamed('Wind');
  const bytes = fs.readFileSync(path.join(music, 'Bo/Air/01 Wind.mp3'));
  assert.ok(holds(root, bytes.subarray(2000, 6000)));
  await done(root, ...withdrawing(wind.id));
  assert.ok(!holds(root, bytes.subarray(2000, 6000)));
  await done(root, 'verify');
  const [before, now] = [infohashes(root, 1), infohashes(root, 2)];
  const { volume } = wind.files[0]!;
  assert.notEqual(now[volume], before[volume]);
  for (const name of Object.keys(before))
    if (name !== volume) assert.equal(now[name], before[name]);
  assert.ok(!tracks(root, 2).some(({ id }) => id === wind.id));
  const search = await done(root, 'search', 'Wind');
  assert.ok(!search.stdout.includes(wind.id));
  assert.match((await done(root, 'show', wind.id)).stdout, /"withdrawn":true/);
  const got = await run(root, 'get', wind.id, '--out', path.join(folder, 'out'));
  assert.match(got.stdout + got.stderr, /RESTORE_WITHDRAWN/);
  await done(root, ...withdrawing(wind.id, '--undo'));
  await done(root, 'verify');
  assert.deepEqual(infohashes(root, 3), before);
  assert.equal(
    sha256Of(path.join(root, `volumes/${volume}.tar`)),
    sha256Of(path.join(archive, `volumes/${volume}.tar`)),
  );
  assert.ok(tracks(root, 3).some(({ id }) => id === wind.id));
  await done(root, 'get', wind.id, '--out', path.join(folder, 'out'));
});

test('a dry run and a missing yes change nothing', async () => {
  const root = copy('asked');
  const wind = trackNamed('Wind');
  const dry = await done(root, ...withdrawing(wind.id, '--dry-run'));
  const plan = planOf(dry);
  assert.deepEqual(plan?.digests, [wind.files[0]!.digest]);
  const refused = await runFonoteca([
    'withdraw',
    wind.id,
    '--reason',
    'other',
    '--no-input',
    '--archive',
    root,
  ]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /WITHDRAW_UNCONFIRMED/);
  assert.deepEqual(infohashes(root, 1), infohashes(archive, 1));
  assert.ok(!fs.existsSync(path.join(root, 'editions/0002')));
});

test('sealed copies of what was withdrawn before are destroyed only after a yes', async () => {
  const root = copy('destroyed');
  const wind = trackNamed('Wind');
  const [{ digest } = { digest: '' }] = wind.files;
  const sealed = path.join(root, 'sealed', digest.slice(0, 2), digest);
  await done(root, ...withdrawing(wind.id));
  const words = withdrawing(wind.id, '--destroy');
  const unasked = await run(root, ...words.filter((word) => word !== '--yes'), '--no-input');
  assert.equal(unasked.code, 1);
  assert.ok(fs.existsSync(sealed), 'the copy is still there');
  await done(root, ...words);
  assert.ok(!fs.existsSync(sealed));
});

test('an album goes with its companions, a tail track with its derivative and its loose original', async () => {
  const root = copy('album');
  const [wind, rain] = [trackNamed('Wind'), trackNamed('Rain')];
  const { albumId } = wind;
  const album = await done(root, ...withdrawing(albumId, '--no-publish'));
  const plan = planOf(album);
  const lyrics = sha256Of(path.join(music, 'Bo/Air/lyrics.txt'));
  assert.ok(digestsOf(plan).includes(lyrics), album.stdout);
  assert.ok(album.events.some(({ event }) => event === 'publish-due'));
  const original = sha256Of(path.join(music, 'Ana/Water/01 Rain.flac'));
  const tail = await done(root, ...withdrawing(original, '--destroy'));
  const tailPlan = planOf(tail);
  assert.deepEqual(tailPlan?.digests, [original, rain.files[0]!.digest]);
  assert.deepEqual(tailPlan?.loose, [original]);
  assert.ok(!fs.existsSync(path.join(root, 'sealed', original.slice(0, 2), original)));
  const undo = await run(root, ...withdrawing(original, '--undo'));
  assert.match(undo.stdout + undo.stderr, /SEALED_MISSING/);
  await done(root, 'verify');
});

test('what was withdrawn does not come back by being added, planned, encoded and packed again', async () => {
  const root = copy('again');
  const wind = trackNamed('Wind');
  await done(root, ...withdrawing(wind.id));
  const other = path.join(folder, 'elsewhere');
  fs.mkdirSync(other);
  const mp3 = fs.readFileSync(path.join(music, 'Bo/Air/01 Wind.mp3'));
  fs.writeFileSync(path.join(other, 'same.mp3'), mp3);
  // An ID3v1 tag at the end: other bytes, the same sound.
  const tag = Buffer.alloc(128);
  tag.write('TAGAnother name');
  fs.writeFileSync(path.join(other, 'retagged.mp3'), Buffer.concat([mp3, tag]));
  const added = await run(root, 'add', other, '--licence', 'CC0-1.0', '--holder', 'Test label');
  assert.equal(added.code, 3, added.stdout);
  assert.equal(added.stdout.split('INGEST_WITHDRAWN').length - 1, 2, added.stdout);
  for (const verb of ['plan', 'encode', 'pack', 'publish', 'verify']) await done(root, verb);
  assert.ok(!holds(root, mp3.subarray(2000, 6000)));
});

test('a file read before says that it is withdrawn when its folder is added again, and is not held', async () => {
  const root = copy('unchanged');
  const wind = trackNamed('Wind');
  const [{ digest } = { digest: '' }] = wind.files;
  await done(root, ...withdrawing(wind.id, '--destroy'));
  const added = await run(root, 'add', music);
  assert.equal(added.code, 3, added.stdout);
  const told = added.events.filter(({ code }) => code === 'INGEST_WITHDRAWN');
  assert.deepEqual(
    told.map(({ subject, seen }) => [subject, seen]),
    [['Bo/Air/01 Wind.mp3', digest]],
  );
  const report = added.events.find(({ event }) => event === 'added');
  assert.deepEqual([report?.accepted, report?.withdrawn], [0, 1]);
  assert.ok(!fs.existsSync(path.join(root, 'sealed', digest.slice(0, 2), digest)));
  assert.ok(
    !holds(root, fs.readFileSync(path.join(music, 'Bo/Air/01 Wind.mp3')).subarray(2000, 6000)),
  );
});

test('a missing and a damaged sealed copy are named, and hold up nothing else of an album', async () => {
  const root = copy('some');
  const { albumId } = trackNamed('Wind');
  const [lost, damaged] = ['01 Wind.mp3', 'lyrics.txt'].map((name) =>
    sha256Of(path.join(music, 'Bo/Air', name)),
  );
  const gone = digestsOf(planOf(await done(root, ...withdrawing(albumId))));
  const rest = gone.filter((digest) => digest !== lost && digest !== damaged);
  assert.deepEqual([rest.length > 0, gone.length - rest.length], [true, 2]);
  const sealed = (digest = '') => path.join(root, 'sealed', digest.slice(0, 2), digest);
  fs.rmSync(sealed(lost));
  fs.writeFileSync(sealed(damaged), 'The wind, the mind.\n');
  const undone = await run(root, ...withdrawing(albumId, '--undo'));
  assert.equal(undone.code, 3, undone.stdout);
  const missing = undone.events.filter(({ code }) => code === 'SEALED_MISSING');
  assert.deepEqual(missing.map(({ subject }) => subject).toSorted(), [lost, damaged].toSorted());
  assert.deepEqual(digestsOf(planOf(undone)).toSorted(), rest.toSorted());
  await done(root, 'verify');
  const again = await run(root, ...withdrawing(albumId, '--undo'));
  assert.match(again.stdout, /SEALED_MISSING.*--destroy/, 'nothing more of it can come back');
});

test('all of a rights holder, and what has ended, are chosen whole', async () => {
  const root = copy('holder');
  const all = await done(
    root,
    'withdraw',
    '--holder',
    'Test label',
    '--reason',
    'right-ended',
    '--dry-run',
  );
  const plan = planOf(all);
  for (const { files } of tracks(archive))
    for (const { digest } of files) assert.ok(digestsOf(plan).includes(digest));
  const wish = ['--reason', 'other', '--dry-run'];
  const none = await run(root, 'withdraw', '--holder', 'test label', ...wish);
  assert.equal(none.code, 1, 'another name is not taken for work done');
  assert.equal(none.events[0]?.code, 'WITHDRAW_HOLDER_UNKNOWN');
  const ended = await done(root, 'withdraw', '--ended', '--reason', 'right-ended', '--dry-run');
  assert.deepEqual(planOf(ended)?.digests, []);
});

test('when every right has ended no edition can follow until all of it is withdrawn', async () => {
  const root = copy('ended');
  await done(root, 'add', music, '--dark');
  const refused = await run(root, 'publish');
  assert.match(refused.stdout, /PUBLISH_NOT_DISTRIBUTABLE/);
  const ended = ['withdraw', '--ended', '--reason', 'right-ended', '--yes'];
  await done(root, ...ended);
  assert.deepEqual(tracks(root, 2), []);
  assert.notDeepEqual(infohashes(root, 2), infohashes(root, 1));
  await done(root, 'verify');
  const again = await done(root, ...ended);
  assert.deepEqual(digestsOf(planOf(again)), []);
  const events = (ran: Ran) => ran.events.map(({ event }) => event);
  assert.ok(!events(await done(root, 'publish')).includes('reach'), 'nothing was published');
  const keyless = await run(root, 'publish', '--with-key', path.join(folder, 'no.key'));
  assert.deepEqual([keyless.code, keyless.events[0]?.code], [2, 'KEY_FILE_MISSING']);
});

test('the site answers 410 for a withdrawn file at once, and shows the track as withdrawn', async () => {
  const root = copy('site');
  const wind = trackNamed('Wind');
  const { digest, volume } = wind.files[0]!;
  await using site = await startServe(root, await freePort());
  const status = async (address: string) => (await fetch(`${site.baseUrl}${address}`)).status;
  assert.equal(await status(`/file/${digest}`), 200);
  const counts = async () =>
    ((await (await fetch(`${site.baseUrl}/index.json`)).json()) as { counts: object }).counts as {
      readonly [what in 'tracks' | 'heldFiles' | 'heldBytes']: number;
    };
  const before = await counts();
  await done(root, ...withdrawing(wind.id, '--no-publish'));
  assert.equal(await status(`/file/${digest}`), 410);
  assert.equal(await status(`/stream/${digest}`), 410);
  for (const kind of ['tar', 'torrent', 'leaves'])
    assert.equal(await status(`/volumes/${volume}.${kind}`), 404);
  const track = await (await fetch(`${site.baseUrl}/track/${wind.id}.json`)).json();
  const { status: told, rights, files, peaks, tags } = track as Record<string, unknown>;
  assert.deepEqual([told, rights, files, peaks, tags], ['withdrawn', null, [], null, []]);
  const now = await counts();
  const less = [before.tracks - now.tracks, before.heldFiles - now.heldFiles];
  assert.deepEqual(less, [1, 1], 'the front page counts what is not withdrawn');
  assert.equal(
    before.heldBytes - now.heldBytes,
    fs.statSync(path.join(music, 'Bo/Air/01 Wind.mp3')).size,
  );
  const early = await runFonoteca(['verify', root]);
  assert.equal(early.code, 12, 'what is signed is not what lies there');
  assert.match(early.stderr, /in no edition yet.*fonoteca publish/);
  await done(root, 'publish');
  assert.equal(await status(`/volumes/${volume}.tar`), 200);
});

test('a copy applies the signed tombstones by itself and has the infohashes of the edition', async () => {
  const root = copy('origin');
  const mirror = path.join(folder, 'mirror');
  await done(root, 'publish', '--to', mirror);
  const wind = trackNamed('Wind');
  const mp3 = fs.readFileSync(path.join(music, 'Bo/Air/01 Wind.mp3'));
  await done(root, ...withdrawing(wind.id));
  const dry = await runFonoteca(['redact', mirror, '--from', root, '--dry-run', '--json']);
  assert.equal(dry.code, 0, dry.stdout + dry.stderr);
  assert.ok(holds(mirror, mp3.subarray(2000, 6000)));
  const key = path.join(root, 'keys/edition.pub');
  const ran = await runFonoteca(['redact', mirror, '--from', root, '--key', key, '--json']);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const redacted = ran.events.filter(({ event }) => event === 'redacted');
  const { volume } = wind.files[0]!;
  assert.deepEqual(
    redacted.map(({ name, after: now }) => [name, now]),
    [[volume, infohashes(root, 2)[volume]]],
  );
  assert.ok(!holds(mirror, mp3.subarray(2000, 6000)));
  assert.equal(
    sha256Of(path.join(mirror, `volumes/${volume}.tar`)),
    sha256Of(path.join(root, `volumes/${volume}.tar`)),
  );
  // Until it has the edition that tells of the withdrawal, a copy of an earlier one seems damaged.
  const behind = ran.events.find(({ event }) => event === 'editions-behind');
  assert.deepEqual([behind?.wanted, behind?.from], [2, path.join(root, 'editions')]);
  fs.cpSync(path.join(root, 'editions'), path.join(mirror, 'editions'), { recursive: true });
  const verified = await runFonoteca(['verify', mirror, '--key', key]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  // A copy by BitTorrent has the tar alone; one that was brought up to date in part has the newest small files.
  for (const [name, small] of [
    ['by-torrent', []],
    ['in-part', ['leaves', 'torrent']],
  ] as const) {
    const other = path.join(folder, name);
    fs.mkdirSync(path.join(other, 'volumes'), { recursive: true });
    fs.copyFileSync(
      path.join(archive, `volumes/${volume}.tar`),
      path.join(other, `volumes/${volume}.tar`),
    );
    for (const kind of small)
      fs.copyFileSync(
        path.join(root, `volumes/${volume}.${kind}`),
        path.join(other, `volumes/${volume}.${kind}`),
      );
    const mended = await runFonoteca(['redact', other, '--from', root, '--key', key, '--json']);
    assert.equal(mended.code, 0, mended.stdout + mended.stderr);
    assert.deepEqual(
      treeDigests(other)[`volumes/${volume}.tar`],
      sha256Of(path.join(root, `volumes/${volume}.tar`)),
    );
  }
  // The folder of a BitTorrent client has no volumes/ in it.
  const flat = path.join(folder, 'flat');
  const tar = `${volume}.tar`;
  fs.mkdirSync(flat);
  fs.copyFileSync(path.join(archive, 'volumes', tar), path.join(flat, tar));
  for (const [more, word] of [
    [['--dry-run'], /on the tree’s own word/],
    [['--key', key], /withdraws/],
  ] as const) {
    const redaction = await runFonoteca(['redact', flat, '--from', root, ...more]);
    assert.equal(redaction.code, 0, redaction.stdout + redaction.stderr);
    assert.match(redaction.stdout, word);
  }
  const wordless = await runFonoteca(['redact', flat, '--from', root]);
  assert.equal(wordless.code, 2, wordless.stdout + wordless.stderr);
  assert.equal(sha256Of(path.join(flat, tar)), sha256Of(path.join(root, 'volumes', tar)));
  await done(root, ...withdrawing(wind.id, '--undo'));
  const stale = await runFonoteca(['redact', mirror, '--from', root, '--key', key, '--json']);
  assert.equal(stale.code, 3, stale.stdout);
  assert.match(stale.stdout + stale.stderr, /REDACT_DIFFERS/);
  const own = await runFonoteca(['redact', root, '--json']);
  assert.match(own.stdout + own.stderr, /USAGE/);
});
