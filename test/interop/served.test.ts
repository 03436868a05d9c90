/**
 * What a real `fonoteca serve` gives to clients that know nothing of Fonoteca: torrents fetched from the web seed alone by
 * aria2 (v1 pieces), Transmission and libtorrent (hybrid), and sound that ffprobe, opusinfo and flac accept.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, missingTools, olderThan, pythonWithLibtorrent } from '../support/outside-tools.ts';
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

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-served-'));
const root = path.join(folder, 'archive');
const LIMIT_MS = 30_000;

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

const FETCH_WITH_LIBTORRENT = `
import sys, time, libtorrent as lt
torrent, folder = sys.argv[1:3]
session = lt.session({"listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False,
                      "enable_upnp": False, "enable_natpmp": False, "ssrf_mitigation": False})
handle = session.add_torrent({"ti": lt.torrent_info(torrent), "save_path": folder, "flags": 0})
end = time.monotonic() + 25
while time.monotonic() < end and not handle.status().is_seeding:
    time.sleep(0.05)
print(handle.status().progress)
`;

describe('a torrent without any other peer', () => {
  test('is fetched whole by aria2, which knows v1 alone', {
    skip: missingTools('aria2c'),
  }, async () => {
    for (const volume of volumes) {
      const out = outFolder();
      const { code, said } = await runClient('aria2c', [
        ...[
          '--no-conf',
          '--enable-dht=false',
          '--bt-enable-lpd=false',
          '--enable-peer-exchange=false',
        ],
        ...[
          '--seed-time=0',
          '--bt-stop-timeout=20',
          '--disable-ipv6=true',
          '--file-allocation=none',
        ],
        ...[`--listen-port=${await freePort()}`, `--dir=${out}`, volume.torrent],
      ]);
      assert.equal(code, 0, said);
      assert.equal(fetched(out, volume), volume.sha256);
    }
  });

  test('is fetched whole by Transmission', {
    skip: olderThan('transmission-show', [4, 0]) || missingTools('transmission-cli'),
  }, async () => {
    for (const volume of volumes) {
      const out = outFolder();
      const done = path.join(out, 'done');
      const script = path.join(out, 'finished');
      fs.writeFileSync(script, `#!/bin/sh\ntouch '${done}'\n`, { mode: 0o755 });
      const { said } = await runClient(
        'transmission-cli',
        [
          ...['-w', out, '-g', path.join(out, 'config'), '-f', script, '-M', '-D', '-U'],
          ...['-p', String(await freePort()), volume.torrent],
        ],
        () => fs.existsSync(done),
      );
      assert.ok(fs.existsSync(done), said);
      assert.equal(fetched(out, volume), volume.sha256);
    }
  });

  test('is fetched whole by libtorrent, v1 and v2 checked', {
    skip: pythonWithLibtorrent() === undefined && 'not installed: python3-libtorrent',
  }, async () => {
    for (const volume of volumes) {
      const out = outFolder();
      const args = ['-c', FETCH_WITH_LIBTORRENT, volume.torrent, out];
      const { said } = await runClient(pythonWithLibtorrent()!, args);
      assert.equal(said.trim(), '1.0');
      assert.equal(fetched(out, volume), volume.sha256);
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

/** Runs a client until it ends, or until `isDone` where it would seed for ever. */
async function runClient(
  command: string,
  args: readonly string[],
  isDone?: () => boolean,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const state = { ended: false };
  void exit.then(() => {
    state.ended = true;
  });
  const end = performance.now() + LIMIT_MS;
  while (!state.ended && performance.now() < end && !isDone?.()) await sleep(50);
  if (!state.ended) child.kill('SIGKILL');
  return { code: (await exit)[0], said };
}
