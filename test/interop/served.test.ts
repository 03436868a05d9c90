/**
 * What a real `fonoteca serve` gives to clients that know nothing of Fonoteca: torrents fetched from the web seed alone by
 * aria2 and webtorrent (v1 pieces), Transmission and libtorrent (hybrid), and sound that ffprobe, opusinfo and flac accept.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge, missingTools } from '../support/outside-tools.ts';
import {
  type PublishedFile,
  type PublishedVolume,
  publishedFiles,
  publishedVolumes,
  sha256Of,
} from '../support/published.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { SAMPLE_FILES, writeSampleMusic } from '../support/sample-music.ts';
import { freePort, type Served, startServe } from '../support/start-serve.ts';
import { fetchingClients } from '../support/torrent-clients.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-served-'));
const root = path.join(folder, 'archive');

/** Every format as an original, and one derivative. */
const FILES = [
  ...SAMPLE_FILES.map((file) => ({ ...file, popularity: '50' })),
  { path: 'Cem/Earth/01 Clay.flac', frequencyHz: 660, popularity: '0' },
];

let served: Served;
let volumes: PublishedVolume[] = [];
let files: PublishedFile[] = [];

before(async () => {
  const port = await freePort();
  const music = path.join(folder, 'music');
  await writeSampleMusic(music, FILES);
  const run = async (...args: string[]) => {
    const ran = await runFonoteca(args);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  };
  await run('init', root, '--name', 'Served');
  const settings = `public_url = "http://127.0.0.1:${port}"\ncontact = "us@example.org"\n`;
  fs.appendFileSync(path.join(root, 'fonoteca.toml'), settings);
  await run('up', music, '--dir', root, '--no-serve');
  volumes = publishedVolumes(root);
  files = publishedFiles(root);
  served = await startServe(root, port);
});
after(async () => {
  await served?.stop();
  fs.rmSync(folder, { recursive: true });
});

/** The file that a client has fetched, when it is there whole. */
const fetched = (out: string, volume: PublishedVolume): string =>
  sha256Of(path.join(out, `${volume.name}.tar`));
const outFolder = () => fs.mkdtempSync(path.join(folder, 'out-'));

describe('a torrent without any other peer', () => {
  for (const client of fetchingClients())
    test(`is fetched whole by ${client.name}`, { skip: client.missing }, async () => {
      for (const volume of volumes) {
        const out = outFolder();
        const said = await client.fetch(volume.torrent, out);
        assert.ok(fs.existsSync(path.join(out, `${volume.name}.tar`)), said);
        assert.equal(fetched(out, volume), volume.sha256, said);
      }
    });
});

describe('sound from the server', () => {
  test('is the bytes of its digest, whole and in ranges, to play and to keep', async () => {
    assert.equal(files.length, FILES.length);
    for (const { digest, sizeBytes } of files)
      for (const kind of ['stream', 'file']) {
        const url = `${served.baseUrl}/${kind}/${digest}`;
        const whole = await fetch(url);
        assert.equal(whole.status, 200);
        assert.equal(sha256Of(await whole.bytes()), digest);
        assert.equal(whole.headers.get('content-length'), String(sizeBytes));
        assert.equal(sha256Of(await inRanges(url, sizeBytes)), digest);
      }
  });

  for (const [extension, tool, args, wanted] of [
    ['flac', 'flac', ['--test', '--silent'], /^$/],
    ['flac', 'ffprobe', ['-v', 'error', '-show_format'], /format_name=flac/],
    ['wav', 'ffprobe', ['-v', 'error', '-show_format'], /format_name=wav/],
    ['mp3', 'ffprobe', ['-v', 'error', '-show_format'], /format_name=mp3/],
    ['ogg', 'ffprobe', ['-v', 'error', '-show_streams'], /codec_name=vorbis/],
    ['ogg', 'ogginfo', [], /Vorbis stream 1/],
    ['opus', 'ffprobe', ['-v', 'error', '-show_streams'], /codec_name=opus/],
    ['opus', 'opusinfo', [], /Playback length: 0m:01\.0/],
  ] as const)
    test(`${tool} accepts streamed .${extension}`, { skip: missingTools(tool) }, async () => {
      const some = files.filter(({ path: name }) => name.endsWith(`.${extension}`));
      assert.ok(some.length > 0);
      for (const { digest } of some) {
        const file = path.join(folder, `${digest}.${extension}`);
        const response = await fetch(`${served.baseUrl}/stream/${digest}`);
        fs.writeFileSync(file, await response.bytes());
        const { status, said } = judge(tool, [...args, file]);
        assert.equal(status, 0, said);
        assert.match(said, wanted);
        assert.doesNotMatch(said, /warning|error/i);
      }
    });

  test('ffprobe reads a stream by its address, seeking', {
    skip: missingTools('ffprobe'),
  }, () => {
    for (const { digest } of files) {
      const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0'];
      const { status, said } = judge('ffprobe', [...args, `${served.baseUrl}/stream/${digest}`]);
      assert.equal(status, 0, said);
      assert.ok(Math.abs(Number(said) - 1) < 0.1, said);
    }
  });

  test('costs the server no fault, and Ctrl-C ends it', async () => {
    assert.equal(served.said(), '');
    assert.equal(await served.stop(), 0);
  });
});

/** Fetches `url` in ranges of odd sizes, each a 206 that says what it is, and joins them. */
async function inRanges(url: string, sizeBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let start = 0, step = 1; start < sizeBytes; start += step, step = step * 3 + 7) {
    const end = Math.min(start + step, sizeBytes) - 1;
    const response = await fetch(url, { headers: { range: `bytes=${start}-${end}` } });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get('content-range'), `bytes ${start}-${end}/${sizeBytes}`);
    parts.push(await response.bytes());
  }
  return Buffer.concat(parts);
}
