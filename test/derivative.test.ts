import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openArchive } from '../src/archive.ts';
import { albumLufs } from '../src/audio/album-loudness.ts';
import { readImageHeader } from '../src/audio/image-header.ts';
import { gainQ8 } from '../src/audio/opus-comments.ts';
import { fixedClock, systemRandom } from '../src/base/clock.ts';
import { sha256 } from '../src/base/digest.ts';
import { realDisk } from '../src/base/disk.ts';
import { tagSound } from '../src/demo/tag-sound.ts';
import { decodePicture, PICTURE_FIELD } from '../src/formats/flac-picture.ts';
import { demuxOggPackets } from '../src/formats/ogg-demuxer.ts';
import { encodePng } from '../src/formats/png-encode.ts';
import { decodeVorbisComment } from '../src/formats/vorbis-comment.ts';
import type { Derivative, Holding } from '../src/model/holding.ts';
import { layoutOf, objectPath } from '../src/store/layout.ts';
import { runFonoteca, TEST_EPOCH } from './support/run-fonoteca.ts';
import { writeSampleMusic } from './support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-derivative-'));
const music = path.join(folder, 'music');
const archive = path.join(folder, 'archive');
after(() => fs.rmSync(folder, { recursive: true }));

const TRACKS = [
  { path: 'Ana/Water/01 Rain.flac', frequencyHz: 220, popularity: '0' },
  { path: 'Ana/Water/02 River.wav', frequencyHz: 2770, popularity: '0' },
  { path: 'Ana/Water/03 Sea.ogg', frequencyHz: 90, popularity: '40' },
];

/** Tags as Picard writes them, with some that only fit the source's bytes. */
const TAGS = [
  ['ARTIST', 'Ana'],
  ['GENRE', 'Rain'],
  ['GENRE', 'Field Recording'],
  ['COMPOSER', 'Bo Ω'],
  ['CATALOGNUMBER', 'WAT 001'],
  ['MUSICBRAINZ_ALBUMID', '8a6f1b0c-52a8-4f2f-8f0e-1d8a5b5f2b6e'],
  ['REPLAYGAIN_TRACK_GAIN', '-7.00 dB'],
  ['R128_ALBUM_GAIN', '77'],
  ['ENCODER', 'Lavf'],
] as const;

before(async () => {
  await writeSampleMusic(music, TRACKS);
  const rain = path.join(music, TRACKS[0]!.path);
  fs.writeFileSync(rain, tagSound('flac', fs.readFileSync(rain), { fields: TAGS }));
  const rgb = Uint8Array.from({ length: 640 * 480 * 3 }, (_, at) => (at * at) >> 7);
  const cover = encodePng({ width: 640, height: 480, rgb });
  fs.writeFileSync(path.join(music, 'Ana/Water/cover.png'), cover);
  // The table as `add` reads it, with an album for each track.
  const table = path.join(music, 'tracks.csv');
  const [head, ...rows] = fs.readFileSync(table, 'utf8').trim().split('\n');
  fs.writeFileSync(
    table,
    `${head},album,artist\n${rows.map((row) => `${row},Water,Ana\n`).join('')}`,
  );
  for (const verb of [
    ['init', archive],
    ['add', music, '--archive', archive],
    ['plan', '--archive', archive],
    ['encode', '--archive', archive],
  ]) {
    const ran = await runFonoteca(verb);
    assert.equal(ran.code, 0, `${verb[0]}: ${ran.stderr}`);
  }
});

async function held(root: string): Promise<{ originals: Holding[]; derivatives: Derivative[] }> {
  const clock = fixedClock(new Date(Number(TEST_EPOCH) * 1000).toISOString());
  await using open = await openArchive(
    root,
    { write: false },
    { disk: realDisk, clock, random: systemRandom },
  );
  const originals = (await open.ledger.holdings()).filter(({ kind }) => kind === 'audio');
  const derivatives = await Promise.all(
    originals.map(({ digest }) => open.ledger.derivativesOf(digest)),
  );
  return { originals, derivatives: derivatives.flat() };
}

function commentsIn(root: string, { digest }: Derivative) {
  const [, tags] = demuxOggPackets(fs.readFileSync(objectPath(layoutOf(root), digest)));
  return decodeVorbisComment(tags!.bytes, 8).comments;
}

test('a derivative carries its own gain and that of the album over all its tracks, and the ledger has the block as written', async () => {
  const { originals, derivatives } = await held(archive);
  assert.equal(derivatives.length, 2);
  const album = originals.map(({ technical }) => ({
    integratedLufs: technical!.loudnessLufs!,
    histogram: technical!.loudnessHistogram!,
  }));
  assert.equal(new Set(album.map(({ integratedLufs }) => integratedLufs)).size, 3);
  for (const derivative of derivatives) {
    const source = originals.find(({ digest }) => digest === derivative.sourceDigest)!;
    const block = derivative.engine.tagBlock;
    const written = commentsIn(archive, derivative).filter(([name]) => name !== PICTURE_FIELD);
    const recorded = block.filter(([name]) => name !== PICTURE_FIELD);
    assert.deepEqual(written, recorded);
    const gains = Object.fromEntries(block.filter(([name]) => name.startsWith('R128')));
    assert.deepEqual(gains, {
      R128_ALBUM_GAIN: String(gainQ8(albumLufs(album))),
      R128_TRACK_GAIN: String(gainQ8(source.technical!.loudnessLufs!)),
    });
  }
});

test('a derivative carries its source’s tags by their common names, each value for itself, and none of the source’s own bytes', async () => {
  const { derivatives } = await held(archive);
  const tagged = derivatives
    .map((one) => commentsIn(archive, one))
    .find((tags) => tags.some(([name]) => name === 'COMPOSER'))!;
  const of = (wanted: string) => tagged.filter(([name]) => name === wanted).map(([, text]) => text);
  assert.deepEqual(of('GENRE'), ['Rain', 'Field Recording']);
  assert.deepEqual(of('COMPOSER'), ['Bo Ω']);
  assert.deepEqual(of('CATALOGNUMBER'), ['WAT 001']);
  assert.deepEqual(of('MUSICBRAINZ_ALBUMID'), ['8a6f1b0c-52a8-4f2f-8f0e-1d8a5b5f2b6e']);
  // The table's word is laid over the file's.
  assert.deepEqual(of('ALBUM'), ['Water']);
  assert.deepEqual(of('LICENSE'), ['CC0-1.0']);
  assert.deepEqual(of('REPLAYGAIN_TRACK_GAIN'), []);
  assert.deepEqual(of('ENCODER'), []);
  assert.equal(of('R128_ALBUM_GAIN').length, 1);
  assert.notEqual(of('R128_ALBUM_GAIN')[0], '77');
});

test('a derivative carries the cover beside its source, made smaller, and its record says which', async () => {
  const { derivatives } = await held(archive);
  for (const derivative of derivatives) {
    const texts = commentsIn(archive, derivative).filter(([name]) => name === PICTURE_FIELD);
    assert.equal(texts.length, 1);
    const picture = decodePicture(texts[0]![1])!;
    const { cover, tagBlock } = derivative.engine;
    assert.equal(picture.mimeType, 'image/jpeg');
    assert.deepEqual([picture.widthPx, picture.heightPx], [300, 225]);
    assert.deepEqual([cover?.widthPx, cover?.heightPx], [300, 225]);
    assert.equal(sha256(picture.bytes), cover?.digest);
    assert.deepEqual(
      tagBlock.filter(([name]) => name === PICTURE_FIELD),
      [[PICTURE_FIELD, `sha256:${cover?.digest}`]],
    );
    assert.deepEqual(readImageHeader(picture.bytes)?.widthPx, 300);
  }
});

test('derivatives are made again from their originals with the same bytes, some or all', async () => {
  for (const [wish, same] of [
    [['--regenerate'], 2],
    [['--regenerate', '1'], 1],
    [['--regenerate', 'all'], 2],
  ] as const) {
    const ran = await runFonoteca(['verify', archive, '--json', ...wish]);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const told = ran.events.find(({ event }) => event === 'regenerated');
    assert.equal(told?.same, same);
    assert.equal(told?.derivatives, 2);
    assert.equal(told?.findings, 0);
  }
});

test('a derivative whose record says other tags than it has is told of, and verify ends with 12', async () => {
  const root = path.join(folder, 'lying');
  fs.cpSync(archive, root, { recursive: true });
  const { derivatives } = await held(root);
  const [first] = derivatives;
  const { DatabaseSync } = await import('node:sqlite');
  const ledger = new DatabaseSync(path.join(root, 'ledger.db'));
  const body = structuredClone(first!);
  body.engine.tagBlock[0] = ['TITLE', 'Another'];
  ledger
    .prepare('UPDATE derivative SET body = ? WHERE digest = ?')
    .run(JSON.stringify(body), first!.digest);
  ledger.close();
  const ran = await runFonoteca(['verify', root, '--json', '--regenerate', 'all']);
  assert.equal(ran.code, 12, ran.stdout + ran.stderr);
  const codes = ran.events.filter(({ event }) => event === 'finding').map(({ code }) => code);
  assert.deepEqual(codes, ['REGENERATE_DIFFERENT']);
});

test('what holds no originals cannot be made again, and a number that is none is wrong usage', async () => {
  const elsewhere = path.join(folder, 'elsewhere');
  fs.mkdirSync(elsewhere);
  for (const wish of [
    [elsewhere, '--regenerate'],
    ['http://127.0.0.1:1', '--regenerate', '3'],
    [archive, '--regenerate', 'some'],
  ])
    assert.equal((await runFonoteca(['verify', ...wish])).code, 2, wish.join(' '));
});
