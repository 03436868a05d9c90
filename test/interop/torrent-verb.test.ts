/** What `fonoteca torrent` makes: libtorrent, mktorrent and Transmission read it, agree on its hashes, find it whole. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { type Bencode, decodeBencode, encodeBencode } from '../../src/formats/bencode.ts';
import { parseMetainfo } from '../../src/formats/metainfo-parse.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { missing } from './sample-volume.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-torrent-verb-'));
after(() => fs.rmSync(folder, { recursive: true }));

const FOLDER = 'Sammlung Ü';
const FILES: readonly (readonly [string, number])[] = [
  ['a/1 Ä.ogg', 40_000],
  ['a/2.ogg', 16_384],
  ['b/empty.txt', 0],
  ['c.flac', 300_000],
  ['d.txt', 5],
  ['e/empty too', 0],
];
for (const [name, sizeBytes] of FILES) {
  const file = path.join(folder, FOLDER, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, seededRandom(sizeBytes + 1).bytes(sizeBytes));
}
const SOURCES = [FOLDER, `${FOLDER}/c.flac`];

let made = 0;
/** The torrent that the verb makes with `args`: its file, and its bytes. */
async function make(...args: string[]): Promise<{ file: string; bytes: Buffer }> {
  made += 1;
  const file = path.join(folder, `${made}.torrent`);
  const ran = await runFonoteca(['torrent', ...args, '--out', file], { cwd: folder });
  assert.equal(ran.code, 0, ran.stderr);
  return { file, bytes: fs.readFileSync(file) };
}

const python = ['python3', '/usr/bin/python3'].find(
  (name) => !missing(name, ['-c', 'import libtorrent']),
);
const noLibtorrent = python === undefined && 'python3-libtorrent is not installed';

/** What libtorrent says of a torrent whose data lie in a folder, and the hashes of what it makes of the same files. */
const ASK = `
import json, os, sys, time, libtorrent as lt
torrent, folder, source, piece, version = sys.argv[1:6]
info = lt.torrent_info(torrent)
files = info.files()
session = lt.session({"listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False,
                      "enable_upnp": False, "enable_natpmp": False})
handle = session.add_torrent({"ti": info, "save_path": folder})
end = time.monotonic() + 20
while time.monotonic() < end and not handle.status().is_seeding:
    time.sleep(0.02)
storage = lt.file_storage()
lt.add_files(storage, os.path.join(folder, source))
flags = {"v2": lt.create_torrent.v2_only, "hybrid": lt.create_torrent.canonical_files_no_tail_padding}.get(version)
own = None
if flags is not None:
    creator = lt.create_torrent(storage, int(piece), flags)
    lt.set_piece_hashes(creator, os.path.dirname(os.path.join(folder, source)))
    own = lt.torrent_info(creator.generate()).info_hashes()
hashes = info.info_hashes()
said = lambda one: None if one is None else [str(one.v1) if one.has_v1() else None, str(one.v2) if one.has_v2() else None]
print(json.dumps({"hashes": said(hashes), "own": said(own), "progress": handle.status().progress,
  "private": info.priv(), "creator": info.creator(), "date": info.creation_date(),
  "trackers": [t.url for t in info.trackers()], "seeds": [s["url"] for s in info.web_seeds()],
  "files": [[files.file_path(i), files.file_size(i)] for i in range(files.num_files())
            if not files.file_flags(i) & lt.file_storage.flag_pad_file]}))
`;

describe('libtorrent', { skip: noLibtorrent }, () => {
  for (const source of SOURCES)
    for (const version of ['v1', 'v2', 'hybrid'] as const)
      for (const piece of [16_384, 65_536])
        test(`reads ${version} of ${source} in pieces of ${piece}, finds it whole, makes the same`, async () => {
          const [tracker, seed] = ['http://127.0.0.1:1/announce', 'http://127.0.0.1:1/files/'];
          const { file, bytes } = await make(
            ...[source, `--${version}`, '--piece-length', String(piece)],
            ...['--tracker', tracker, 'udp://127.0.0.1:2', '--web-seed', seed],
          );
          const place = path.join(folder, path.dirname(source));
          const args = [file, place, path.basename(source), String(piece), version];
          const seen = JSON.parse(
            execFileSync(python!, ['-c', ASK, ...args], { encoding: 'utf8' }),
          );
          const { infohashV1 = null, infohashV2 = null } = parseMetainfo(bytes);
          const files = source === FOLDER ? FILES : [['c.flac', 300_000] as const];
          assert.deepEqual(seen, {
            hashes: [infohashV1, infohashV2],
            // The order in which it lists files of version 1 alone is that of the folder.
            own: version === 'v1' ? null : [infohashV1, infohashV2],
            ...{ progress: 1, private: false, creator: '', date: 0 },
            trackers: [tracker, 'udp://127.0.0.1:2'],
            seeds: [seed],
            files: files.map(([name, sizeBytes]) => [
              source === FOLDER ? `${FOLDER}/${name}` : name,
              sizeBytes,
            ]),
          });
        });
});

describe('mktorrent', { skip: missing('mktorrent', ['-h']) }, () => {
  for (const source of SOURCES)
    test(`makes the same info dictionary of ${source}`, async () => {
      const theirs = path.join(folder, `mktorrent-${made}.torrent`);
      execFileSync('mktorrent', ['-l', '16', '-o', theirs, path.join(folder, source)]);
      const { bytes } = await make(source, '--v1', '--piece-length', '64KiB');
      const infoOf = (torrent: Uint8Array): Buffer => {
        const decoded = decodeBencode(torrent) as Map<string, Bencode>;
        return Buffer.from(encodeBencode(decoded.get('info')!));
      };
      assert.deepEqual(infoOf(bytes), infoOf(fs.readFileSync(theirs)));
    });
});

describe('Transmission', { skip: missing('transmission-show', ['--version']) }, () => {
  test('shows the files, the infohash and the addresses of version 1', async () => {
    const args = ['--tracker', 'http://a.example/announce', '--web-seed', 'http://b.example/'];
    const { file, bytes } = await make(FOLDER, '--v1', ...args);
    const shown = execFileSync('transmission-show', [file], { encoding: 'utf8' });
    for (const said of [FOLDER, 'a/1 Ä.ogg', parseMetainfo(bytes).infohashV1!, args[1]!, args[3]!])
      assert(shown.includes(said), `${said} in ${shown}`);
  });
});
