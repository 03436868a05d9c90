/**
 * The corpus through the real sandbox: each file of it meets the codes that are written down for it, none is fetched from or
 * written by, none takes long, and a good file goes through beside each.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { openAudioDoor } from '../../src/audio/door.ts';
import { sourceOf } from '../../src/audio/test-sounds.ts';
import { mapBounded } from '../../src/base/bounded-queue.ts';
import { CORPUS, expectedCodes } from './corpus/corpus.ts';
import { type Meeting, meet } from './corpus/meet.ts';
import { SOUNDS } from './corpus/sounds.ts';
import { SPOKEN_TEXTS } from './corpus/tags.ts';

const CANARY = '/tmp/fonoteca-canary';
const WORKERS = 2;
/** Far above what any takes on an idle machine; below the minute that each is given at least. */
const LONGEST_MS = 90_000;
const meetings = new Map<string, Meeting>();
const expected = expectedCodes();
let calls = 0;
const server = net.createServer((socket) => {
  calls += 1;
  socket.destroy();
});
const door = await openAudioDoor({ workers: WORKERS });

before(async () => {
  fs.rmSync(CANARY, { force: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const aimed = CORPUS.map((item) => ({ ...item, bytes: () => aimedAt(item.bytes(), port) }));
  const met = mapBounded(aimed, { concurrency: WORKERS, ordered: true }, async (item) => ({
    name: item.name,
    meeting: await meet(door, item),
  }));
  for await (const { name, meeting } of met) meetings.set(name, meeting);
});
after(async () => {
  server.close();
  await door.close();
});

/** The bytes with the canary's port in place of the word that stands for it; both have six letters, so nothing moves. */
function aimedAt(bytes: Uint8Array, port: number): Uint8Array {
  const view = Buffer.from(bytes);
  const digits = String(port).padStart(6, '0');
  for (let at = view.indexOf('CANARY'); at >= 0; at = view.indexOf('CANARY', at))
    view.write(digits, at);
  return view;
}

describe('the hostile corpus', () => {
  test('has at least four hundred files, each with codes of its own and no codes left over', () => {
    assert.ok(CORPUS.length >= 400, `${CORPUS.length}`);
    assert.deepEqual(CORPUS.map(({ name }) => name).sort(), Object.keys(expected).sort());
    assert.equal(new Set(CORPUS.map(({ name }) => name)).size, CORPUS.length);
  });

  for (const number of [...new Set(CORPUS.map((item) => item.number))])
    test(`number ${number}: every file meets its codes`, (t) => {
      const items = CORPUS.filter((item) => item.number === number);
      const wrong = items
        .filter(({ name }) => meetings.get(name)?.met !== expected[name])
        .map(({ name }) => `${name}: ${meetings.get(name)?.met}, wanted ${expected[name]}`);
      t.diagnostic(`${items.length} files`);
      assert.deepEqual(wrong, []);
    });

  test('no text, list or container that points elsewhere is ever sound', () => {
    const pointing = Object.entries(expected).filter(([name]) => /^[12]: /.test(name));
    assert.ok(pointing.length >= 100);
    for (const [name, codes] of pointing)
      assert.match(codes, /^not-(?:audio|checked), .* → AUDIO_FORMAT_UNSUPPORTED$/, name);
  });

  test('no file that was cut is called whole without a word', () => {
    const cut = Object.entries(expected).filter(([name]) => / cut, \d+$/.test(name));
    assert.ok(cut.length >= 80);
    for (const [name, codes] of cut) assert.match(codes, /^damaged, /, name);
  });

  test('none ends a worker or shows what a decoder threw: every outcome is a code', () => {
    for (const [name, codes] of Object.entries(expected))
      assert.doesNotMatch(codes, /SUBPROCESS|undefined/, name);
  });

  test('text that speaks to terminals and browsers comes out as it is, as evidence', () => {
    for (const [name, text] of SPOKEN_TEXTS)
      for (const kind of ['ID3', 'FLAC', 'Vorbis']) {
        const title = meetings.get(`11: ${name} in ${kind}`)?.title;
        assert.equal(title?.trim(), text.trim(), `${name} in ${kind}`);
      }
  });

  test('nobody was called, and nothing was made', () => {
    assert.equal(calls, 0);
    assert.ok(!fs.existsSync(CANARY));
  });

  test('none took long', (t) => {
    const slowest = [...meetings].sort(([, a], [, b]) => b.tookMs - a.tookMs).slice(0, 5);
    for (const [name, { tookMs }] of slowest) t.diagnostic(`${name}: ${Math.round(tookMs)} ms`);
    assert.ok(slowest.every(([, { tookMs }]) => tookMs < LONGEST_MS));
  });

  test('the door still works', async () => {
    const seen = await door.inspect(sourceOf(SOUNDS.vorbis), { subject: 'good', measure: true });
    assert.ok(seen.ok && seen.value.reading.verdict.state === 'intact');
  });
});
