/**
 * What `fonoteca up` publishes, before tar, bsdtar, libtorrent, Transmission, aria2 and minisign: they find in the
 * volumes, torrents and signatures what the edition states.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge, missingTools, olderThan, pythonWithLibtorrent } from '../support/outside-tools.ts';
import {
  editionFolder,
  type PublishedVolume,
  publishedFiles,
  publishedVolumes,
  readLines,
  sha256Of,
  treeDigests,
} from '../support/published.ts';
import { noRealMusic, writeRealMusic } from '../support/real-music.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-judges-'));
after(() => fs.rmSync(folder, { recursive: true }));

const INDEX = 'fonoteca-index-1.jsonl';
const MATERIALS = [
  { name: 'tones', skip: false as const, write: (music: string) => writeSampleMusic(music) },
  { name: 'real music', skip: noRealMusic, write: async (music: string) => writeRealMusic(music) },
];

/** Both infohashes as libtorrent reads them, and how much of the volume it finds in place after a forced recheck. */
const ASK_LIBTORRENT = `
import json, sys, time, libtorrent as lt
session = lt.session({"listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False,
                      "enable_upnp": False, "enable_natpmp": False, "alert_mask": lt.alert.category_t.status_notification})
def wait_until_checked():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        session.wait_for_alert(200)
        if any(isinstance(alert, lt.torrent_checked_alert) for alert in session.pop_alerts()):
            return
    raise SystemExit("not checked in 20 s")
for torrent, folder in zip(sys.argv[1::2], sys.argv[2::2]):
    info = lt.torrent_info(torrent)
    handle = session.add_torrent({"ti": info, "save_path": folder, "flags": 0})
    wait_until_checked()
    handle.force_recheck()
    wait_until_checked()
    status = handle.status()
    print(json.dumps({"v1": str(info.info_hashes().v1), "v2": str(info.info_hashes().v2), "name": info.name(),
                      "size": info.total_size(), "progress": status.progress, "isDate": info.creation_date() > 0,
                      "creator": info.creator(), "private": info.priv()}))
`;

for (const material of MATERIALS) {
  describe(`an edition of ${material.name}`, { skip: material.skip }, () => {
    const root = path.join(folder, material.name);
    let volumes: PublishedVolume[] = [];
    before(async () => {
      const music = path.join(folder, `${material.name}-music`);
      await material.write(music);
      const ran = await runFonoteca(['up', music, '--dir', root, '--no-serve']);
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      volumes = publishedVolumes(root);
      assert.ok(volumes.length > 0);
    });

    for (const tool of ['tar', 'bsdtar'])
      test(`${tool} lists and extracts every volume to the bytes the index and the catalogue name`, {
        skip: missingTools(tool),
      }, () => {
        const catalogue = publishedFiles(root);
        const digests = volumes.flatMap((volume) => checkExtraction(tool, volume, catalogue));
        const overlay = readLines(path.join(editionFolder(root), 'rights.jsonl'));
        assert.deepEqual(
          digests.sort(),
          overlay.map(({ digest }) => digest),
          'the edition gives the rights of every member and of nothing else',
        );
        assert.ok(catalogue.some(({ volume }) => volumes.some(({ name }) => name === volume)));
      });

    test('libtorrent agrees on both infohashes and finds each volume whole in place', {
      skip: pythonWithLibtorrent() === undefined && 'not installed: python3-libtorrent',
    }, () => {
      const args = volumes.flatMap(({ torrent, file }) => [torrent, path.dirname(file)]);
      const { status, stdout, said } = judge(pythonWithLibtorrent()!, [
        '-c',
        ASK_LIBTORRENT,
        ...args,
      ]);
      assert.equal(status, 0, said);
      const seen = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        seen,
        volumes.map(({ infohashV1: v1, infohashV2: v2, name, sizeBytes: size }) => {
          const silent = { isDate: false, creator: '', private: false };
          return { v1, v2, name: `${name}.tar`, size, progress: 1, ...silent };
        }),
      );
    });

    test('Transmission shows each torrent with its v1 infohash', {
      skip: olderThan('transmission-show', [4, 0]),
    }, () => {
      for (const { torrent, infohashV1, name } of volumes) {
        const { status, said } = judge('transmission-show', [torrent]);
        assert.equal(status, 0, said);
        assert.ok(said.includes(`Name: ${name}.tar\n`), said);
        assert.ok(said.includes(infohashV1), said);
      }
    });

    test('aria2 shows each torrent with its v1 infohash', {
      skip: olderThan('aria2c', [1, 37]),
    }, () => {
      for (const { torrent, infohashV1 } of volumes) {
        const { status, said } = judge('aria2c', ['--no-conf', '-S', torrent]);
        assert.equal(status, 0, said);
        assert.ok(said.includes(`Info Hash: ${infohashV1}\n`), said);
      }
    });

    test('minisign accepts the edition by the key of the archive, and no edited edition', {
      skip: missingTools('minisign'),
    }, () => {
      const edition = path.join(editionFolder(root), 'edition.json');
      const key = path.join(root, 'keys/edition.pub');
      const accepted = judge('minisign', ['-V', '-p', key, '-m', edition]);
      assert.equal(accepted.status, 0, accepted.said);
      const edited = path.join(folder, 'edited.json');
      fs.writeFileSync(
        edited,
        fs.readFileSync(edition, 'utf8').replace('"number":1', '"number":2'),
      );
      fs.copyFileSync(`${edition}.minisig`, `${edited}.minisig`);
      assert.notEqual(sha256Of(edited), sha256Of(edition));
      const refused = judge('minisign', ['-V', '-p', key, '-m', edited]);
      assert.notEqual(refused.status, 0);
      assert.match(refused.said, /Signature verification failed/);
    });

    test('sha256sum finds every listed file as listed', { skip: missingTools('sha256sum') }, () => {
      const sums = path.join(editionFolder(root), 'SHA256SUMS');
      const { status, stdout, said } = judge('sha256sum', ['--strict', '-c', sums], { cwd: root });
      assert.equal(status, 0, said);
      for (const { name, sha256 } of volumes) {
        assert.ok(stdout.includes(`volumes/${name}.tar: OK`));
        assert.equal(sha256Of(path.join(root, 'volumes', `${name}.tar`)), sha256);
      }
    });
  });
}

/** `tool` lists the members of `volume` and extracts them; index and catalogue name the same bytes. Returns their digests. */
function checkExtraction(
  tool: string,
  volume: PublishedVolume,
  catalogue: ReturnType<typeof publishedFiles>,
): string[] {
  const out = fs.mkdtempSync(path.join(folder, `${tool}-`));
  const extracted = judge(tool, ['-xf', volume.file, '-C', out]);
  assert.deepEqual([extracted.status, extracted.said], [0, ''], 'extracts without a warning');
  const { [INDEX]: _, ...digests } = treeDigests(out);
  const lines = readLines(path.join(out, INDEX));
  assert.deepEqual(digests, Object.fromEntries(lines.map((line) => [line.path, line.digest])));
  assert.equal(lines.length, volume.members);
  for (const file of catalogue.filter(({ volume: name }) => name === volume.name))
    assert.equal(digests[file.path], file.digest, file.path);
  const listed = judge(tool, ['-tf', volume.file]).stdout.trim().split('\n');
  assert.deepEqual(listed.sort(), [INDEX, ...Object.keys(digests)].sort());
  return Object.values(digests);
}
