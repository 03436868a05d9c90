/** libtorrent, Transmission and aria2 read our torrents, agree on both infohashes, and find a volume complete. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { realDisk } from '../../src/base/disk.ts';
import { putFile } from '../../src/base/durable.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { buildMagnet } from '../../src/formats/magnet.ts';
import { buildMetainfo } from '../../src/formats/metainfo-build.ts';
import { parseMetainfo } from '../../src/formats/metainfo-parse.ts';
import { startPieceHasher } from '../../src/formats/piece-hasher.ts';
import { missing, writeSampleVolume } from './sample-volume.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-torrent-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Debian's Python holds the module; another Python may come first on the path. */
const python = ['python3', '/usr/bin/python3'].find(
  (name) => !missing(name, ['-c', 'import libtorrent']),
);
const noLibtorrent = python === undefined && 'python3-libtorrent is not installed';

const ASK_LIBTORRENT = `
import json, sys, time, libtorrent as lt
torrent, folder, magnet = sys.argv[1:4]
info = lt.torrent_info(torrent)
hashes = info.info_hashes()
linked = lt.parse_magnet_uri(magnet)
session = lt.session({"listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False,
                      "enable_upnp": False, "enable_natpmp": False, "alert_mask": lt.alert.category_t.status_notification})
handle = session.add_torrent({"ti": info, "save_path": folder, "flags": 0})

def wait_until_checked():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        session.wait_for_alert(200)
        if any(isinstance(alert, lt.torrent_checked_alert) for alert in session.pop_alerts()):
            return
    raise SystemExit("not checked in 20 s")

wait_until_checked()
handle.force_recheck()
wait_until_checked()
status = handle.status()
print(json.dumps({"v1": str(hashes.v1), "v2": str(hashes.v2), "files": info.num_files(), "name": info.name(),
  "size": info.total_size(), "pieceLength": info.piece_length(), "private": info.priv(), "creator": info.creator(),
  "date": info.creation_date(), "trackers": sorted(t.url for t in info.trackers()),
  "webSeeds": [s["url"] for s in info.web_seeds()], "progress": status.progress, "pieces": status.num_pieces,
  "magnetV1": str(linked.info_hashes.v1), "magnetV2": str(linked.info_hashes.v2), "magnetName": linked.name}))
`;

/** The v1 and v2 infohash that libtorrent's own creator gives for the same file. */
const CREATE_IN_LIBTORRENT = `
import sys, os, libtorrent as lt
path, piece = sys.argv[1], int(sys.argv[2])
storage = lt.file_storage()
lt.add_files(storage, path)
torrent = lt.create_torrent(storage, piece)
lt.set_piece_hashes(torrent, os.path.dirname(path))
info = lt.torrent_info(torrent.generate())
print(info.info_hashes().v1, info.info_hashes().v2)
`;

const runPython = (script: string, ...args: string[]): string =>
  execFileSync(python!, ['-c', script, ...args], { encoding: 'utf8' });

const addresses = {
  trackers: [['http://127.0.0.1:1/announce'], ['udp://127.0.0.1:1', 'http://127.0.0.1:2/announce']],
  webSeeds: ['http://127.0.0.1:1/volumes/'],
};

interface Made {
  readonly torrent: string;
  readonly file: string;
  readonly magnet: string;
  readonly infohashV1: string;
  readonly infohashV2: string;
}

/** The sample volume and its torrent in a folder of their own. */
function make(pieceLengthBytes: number): Made {
  const into = fs.mkdtempSync(path.join(folder, 'made-'));
  const { file, plan, hashes } = writeSampleVolume(into, pieceLengthBytes);
  const name = `${plan.name}.tar`;
  const { bytes, infohashV1, infohashV2 } = buildMetainfo({ name, hashes, ...addresses });
  const torrent = path.join(into, `${plan.name}.torrent`);
  putFile(realDisk, torrent, bytes, { replace: false });
  const parts = { infohashV1, infohashV2, name, sizeBytes: hashes.sizeBytes };
  const magnet = buildMagnet({ ...parts, trackers: addresses.trackers.flat(), webSeeds: [] });
  return { torrent, file, magnet, infohashV1, infohashV2 };
}

/** Changes one byte of a payload. */
function damage(file: string): void {
  const descriptor = fs.openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  fs.readSync(descriptor, byte, 0, 1, 200_000);
  fs.writeSync(descriptor, Buffer.from([byte[0]! ^ 1]), 0, 1, 200_000);
  fs.closeSync(descriptor);
}

describe('libtorrent', { skip: noLibtorrent }, () => {
  for (const pieceLengthBytes of [16 * 1024, 64 * 1024, 256 * 1024])
    test(`agrees on both infohashes and finds the volume complete, pieces of ${pieceLengthBytes}`, () => {
      const made = make(pieceLengthBytes);
      const seen = JSON.parse(
        runPython(ASK_LIBTORRENT, made.torrent, path.dirname(made.file), made.magnet),
      );
      const sizeBytes = fs.statSync(made.file).size;
      assert.deepEqual(seen, {
        v1: made.infohashV1,
        v2: made.infohashV2,
        files: 1,
        name: path.basename(made.file),
        size: sizeBytes,
        pieceLength: pieceLengthBytes,
        private: false,
        creator: '',
        date: 0,
        trackers: addresses.trackers.flat().sort(),
        webSeeds: addresses.webSeeds,
        progress: 1,
        pieces: Math.ceil(sizeBytes / pieceLengthBytes),
        magnetV1: made.infohashV1,
        magnetV2: made.infohashV2,
        magnetName: path.basename(made.file),
      });
    });

  test('finds one piece missing when one byte is changed', () => {
    const made = make(16 * 1024);
    damage(made.file);
    const seen = JSON.parse(
      runPython(ASK_LIBTORRENT, made.torrent, path.dirname(made.file), made.magnet),
    );
    assert.equal(seen.pieces, Math.ceil(fs.statSync(made.file).size / 16_384) - 1);
  });

  for (const [sizeBytes, pieceLengthBytes] of [
    [1, 16_384],
    [16_384, 16_384],
    [16_385, 16_384],
    [65_536, 65_536],
    [300_000, 65_536],
    [1_000_000, 262_144],
  ] as const)
    test(`creates the same torrent of ${sizeBytes} bytes in pieces of ${pieceLengthBytes}`, () => {
      const bytes = seededRandom(sizeBytes).bytes(sizeBytes);
      const name = `${sizeBytes}-${pieceLengthBytes}.bin`;
      putFile(realDisk, path.join(folder, name), bytes, { replace: false });
      const hasher = startPieceHasher({ pieceLengthBytes });
      hasher.update(bytes);
      const { infohashV1, infohashV2 } = buildMetainfo({ name, hashes: hasher.finish() });
      const seen = runPython(
        CREATE_IN_LIBTORRENT,
        path.join(folder, name),
        String(pieceLengthBytes),
      );
      assert.equal(seen.trim(), `${infohashV1} ${infohashV2}`);
    });

  test('creates torrents of folders that we read as it does', () => {
    const root = path.join(folder, 'Sammlung');
    for (const [name, sizeBytes] of [
      ['a/ä.ogg', 40_000],
      ['b.ogg', 5],
      ['z/empty', 0],
      ['z/last.flac', 70_000],
    ] as const) {
      fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
      putFile(realDisk, path.join(root, name), seededRandom(sizeBytes + 1).bytes(sizeBytes), {
        replace: false,
      });
    }
    const script = `${CREATE_IN_LIBTORRENT}\nimport base64\nprint(base64.b64encode(lt.bencode(torrent.generate())).decode())`;
    const [hashes, base64] = runPython(script, root, '16384').trim().split('\n');
    const read = parseMetainfo(Buffer.from(base64!, 'base64'));
    assert.equal(`${read.infohashV1} ${read.infohashV2}`, hashes);
    assert.deepEqual(
      read.files.map((file) => [file.path, file.sizeBytes]),
      [
        ['Sammlung/a/ä.ogg', 40_000],
        ['Sammlung/b.ogg', 5],
        ['Sammlung/z/empty', 0],
        ['Sammlung/z/last.flac', 70_000],
      ],
    );
  });
});

/** Why the installed `command` is no judge of hybrids: before `from` it stumbles over the empty key of the file tree. */
function tooOld(command: string, from: readonly [number, number]): string | false {
  const absent = missing(command, ['--version']);
  if (absent) return absent;
  const { stderr, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (/\b(\d+)\.(\d+)/.exec(stderr + stdout) ?? [])
    .slice(1)
    .map(Number);
  const isOld = major < from[0] || (major === from[0] && minor < from[1]);
  return (
    isOld &&
    `${command} ${major}.${minor} is older than ${from.join('.')} and reads no hybrid torrent rightly`
  );
}

describe('Transmission', { skip: tooOld('transmission-show', [4, 0]) }, () => {
  test('shows the name, the v1 infohash and the addresses, and no date or creator', () => {
    const made = make(256 * 1024);
    const shown = execFileSync('transmission-show', [made.torrent], { encoding: 'utf8' });
    assert(shown.includes(`Name: ${path.basename(made.file)}\n`), shown);
    assert(shown.includes(made.infohashV1), shown);
    for (const address of [...addresses.trackers.flat(), ...addresses.webSeeds])
      assert(shown.includes(address), shown);
    assert.match(shown, /Created by: (?:Unknown)?\n/);
    assert.match(shown, /Created on: (?:Unknown)?\n/);
  });
});

describe('aria2, which knows v1 alone', { skip: missing('aria2c', ['--version']) }, () => {
  const check = (made: Made): number | null =>
    spawnSync(
      'aria2c',
      [
        ...['--no-conf', '--check-integrity=true', '--hash-check-only=true', '--enable-dht=false'],
        ...['--bt-enable-lpd=false', '--seed-time=0', '--bt-stop-timeout=1', '--quiet'],
        `--dir=${path.dirname(made.file)}`,
        made.torrent,
      ],
      { timeout: 20_000 },
    ).status;

  const show = (made: Made): string =>
    execFileSync('aria2c', ['--no-conf', '-S', made.torrent], { encoding: 'utf8' });

  test('shows one file of the right name', () => {
    const made = make(16 * 1024);
    const shown = show(made);
    assert(shown.includes('Mode: single\n'), shown);
    assert(shown.includes(`1|./${path.basename(made.file)}\n`), shown);
  });
  test('shows the v1 infohash', { skip: tooOld('aria2c', [1, 37]) }, () => {
    const made = make(16 * 1024);
    assert(show(made).includes(`Info Hash: ${made.infohashV1}\n`));
  });
  test('finds the volume complete, and no longer when one byte is changed', () => {
    const made = make(16 * 1024);
    assert.equal(check(made), 0);
    damage(made.file);
    assert.notEqual(check(made), 0);
  });
});
