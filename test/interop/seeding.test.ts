/**
 * Our seeder judged by the clients people run, and the clients people run driven by us: libtorrent, Transmission, aria2
 * and webtorrent fetch a volume from a real `fonoteca seed`, found through a tracker; Transmission's daemon and
 * qBittorrent are told what to seed from a folder they cannot write.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, missingTools, olderThan, pythonWithLibtorrent } from '../support/outside-tools.ts';
import {
  type PublishedVolume,
  publishedFiles,
  publishedVolumes,
  sha256Of,
} from '../support/published.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { makeSeedArchive, publishMore, writeNoise } from '../support/seed-archive.ts';
import { type SmallTracker, startTracker } from '../support/small-tracker.ts';
import { type Seeding, startSeed } from '../support/start-seed.ts';
import { freePort, startServe } from '../support/start-serve.ts';
import { fetchingClients, LIBTORRENT_SESSION, runClient } from '../support/torrent-clients.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-seeding-'));
const root = path.join(folder, 'archive');
const python = pythonWithLibtorrent();
const noLibtorrent = python === undefined && 'not installed: python3-libtorrent';

let tracker: SmallTracker;
let seeding: Seeding;
let volume: PublishedVolume;

before(async () => {
  tracker = await startTracker(ownAddress());
  await writeNoise(path.join(folder, 'music'));
  // No public address: without web seeds every byte comes from a peer.
  const settings = `[publish]\ntrackers = ["${tracker.url}"]\n[seed]\neditions_path = "${path.join(root, 'editions')}"\n`;
  await makeSeedArchive(root, path.join(folder, 'music'), settings);
  volume = publishedVolumes(root)[0]!;
  seeding = await startSeed(root);
  await until(() => tracker.seeders(volume.infohashV1).includes(seeding.port));
});
after(async () => {
  await seeding?.[Symbol.asyncDispose]();
  await tracker?.[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const outFolder = () => fs.mkdtempSync(path.join(folder, 'out-'));

describe('a volume from our seeder', () => {
  for (const client of fetchingClients())
    test(`is fetched whole by ${client.name}`, { skip: client.missing }, async () => {
      const out = outFolder();
      const said = await client.fetch(volume.torrent, out);
      const file = path.join(out, `${volume.name}.tar`);
      assert.ok(fs.existsSync(file), said);
      assert.equal(sha256Of(file), volume.sha256, said);
    });

  const FETCH_BY_ADDRESS = `${LIBTORRENT_SESSION}
params = params_of(sys.argv[1], sys.argv[2])
handle = session.add_torrent(params)
handle.connect_peer(("127.0.0.1", int(sys.argv[3])))
wait_for(lambda: handle.status().is_seeding)
print(handle.status().progress)
`;
  for (const [what, link] of [
    ['v1 infohash', () => `magnet:?xt=urn:btih:${volume.infohashV1}`],
    ['v2 infohash', () => `magnet:?xt=urn:btmh:1220${volume.infohashV2}`],
  ] as const)
    test(`is fetched whole by libtorrent that knows only its ${what}`, {
      skip: noLibtorrent,
    }, async () => {
      const out = outFolder();
      const args = ['-c', FETCH_BY_ADDRESS, link(), out, String(seeding.port)];
      const { said } = await runClient(python!, args);
      assert.equal(said.trim(), '1.0');
      assert.equal(sha256Of(path.join(out, `${volume.name}.tar`)), volume.sha256);
    });
});

describe('one song out of the middle of a volume', () => {
  const ONE_SONG = `${LIBTORRENT_SESSION}
import tarfile
torrent, folder, port, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
params = params_of(torrent, folder)
params.ti = lt.torrent_info(torrent)
start = time.monotonic()
params.piece_priorities = [0] * params.ti.num_pieces()
handle = session.add_torrent(params)
size, length = params.ti.piece_length(), params.ti.total_size()
if port: handle.connect_peer(("127.0.0.1", port))

def fetch(begin, end):
    pieces = range(begin // size, (end - 1) // size + 1)
    for piece in pieces: handle.piece_priority(piece, 7)
    assert wait_for(lambda: all(handle.have_piece(piece) for piece in pieces)), "not in time"
    # Written behind the scenes: what is had is on the disk once the cache is flushed.
    handle.flush_cache()
    time.sleep(0.2)

path = folder + "/" + params.ti.name()
fetch(0, min(size, length))
index = tarfile.open(path).next()
fetch(index.offset_data, index.offset_data + index.size)
data = open(path, "rb")
data.seek(index.offset_data)
base = -(-(index.offset_data + index.size) // 512) * 512
base = -(-base // 16384) * 16384
for line in data.read(index.size).splitlines():
    member = json.loads(line)
    if member["digest"] == wanted: break
begin = base + member["offset"]
fetch(begin, begin + member["length"])
data.close()
data = open(path, "rb")
data.seek(begin)
import hashlib
print(json.dumps({"digest": hashlib.sha256(data.read(member["length"])).hexdigest(),
  "pieces": sum(handle.status().pieces), "of": params.ti.num_pieces(), "seconds": time.monotonic() - start}))
`;
  const middle = () => {
    const files = publishedFiles(root).toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return files[Math.floor(files.length / 2)]!.digest;
  };
  const oneSong = async (torrent: string, port: number, wanted: string) => {
    const args = ['-c', ONE_SONG, torrent, outFolder(), String(port), wanted];
    const { said } = await runClient(python!, args);
    assert.match(said, /^\{/);
    return JSON.parse(said) as { digest: string; pieces: number; of: number };
  };

  test('by BitTorrent: index, place, pieces', { skip: noLibtorrent }, async () => {
    const seen = await oneSong(volume.torrent, seeding.port, middle());
    assert.equal(seen.digest, middle());
    assert.ok(seen.pieces < seen.of / 2, `${seen.pieces} of ${seen.of} pieces`);
  });

  test('by web seed alone, and by HTTP range', { skip: noLibtorrent }, async () => {
    const copy = path.join(folder, 'served');
    const port = await freePort();
    const settings = `public_url = "http://127.0.0.1:${port}"\ncontact = "us@example.org"\n`;
    await makeSeedArchive(copy, path.join(folder, 'music'), settings);
    await using served = await startServe(copy, port);
    const [web] = publishedVolumes(copy);
    const seen = await oneSong(web!.torrent, 0, middle());
    assert.equal(seen.digest, middle());
    assert.ok(seen.pieces < seen.of / 2, `${seen.pieces} of ${seen.of} pieces`);
    const { index, base } = await rangedIndex(`${served.baseUrl}/volumes/${web!.name}.tar`);
    const member = index.find(({ digest }) => digest === middle())!;
    const begin = base + member.offset;
    const song = await ranged(
      `${served.baseUrl}/volumes/${web!.name}.tar`,
      begin,
      begin + member.length,
    );
    assert.equal(sha256Of(song), middle());
  });
});

/** The index of a volume by HTTP range alone: the second header of a tar tells its size (docs/formats/volume.md). */
async function rangedIndex(url: string) {
  const head = await ranged(url, 0, 16_384);
  const size = Number.parseInt(head.toString('latin1', 15_872 + 124, 15_872 + 135), 8);
  const index = await ranged(url, 16_384, 16_384 + size);
  const base = Math.ceil((16_384 + Math.ceil(size / 512) * 512) / 16_384) * 16_384;
  const lines = index
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line): { digest: string; offset: number; length: number } => JSON.parse(line));
  return { index: lines, base };
}

async function ranged(url: string, start: number, end: number): Promise<Buffer> {
  const response = await fetch(url, { headers: { range: `bytes=${start}-${end - 1}` } });
  assert.equal(response.status, 206);
  return Buffer.from(await response.arrayBuffer());
}

/** A torrent client that runs while it is told what to do. */
interface Daemon {
  readonly name: 'transmission' | 'qbittorrent';
  readonly missing: string | false;
  /** Starts it at `port` of loopback with its state in `state`. */
  start(port: number, state: string): ChildProcess;
  settings(port: number, state: string): string;
}

const READ_ONLY = readOnlyWrapper();

const DAEMONS: readonly Daemon[] = [
  {
    name: 'transmission',
    missing: READ_ONLY.missing || olderThan('transmission-daemon', [4, 0]),
    start: (port, state) => {
      const own = ['-f', '-g', state, '-T', '-p', String(port), '-w', state, '--no-portmap'];
      return spawnReadOnly('transmission-daemon', [...own, '-O', '-P', String(port + 1)]);
    },
    settings: (port) => `url = "http://127.0.0.1:${port}/transmission/rpc"`,
  },
  {
    name: 'qbittorrent',
    missing: READ_ONLY.missing || missingTools('qbittorrent-nox'),
    start: (port, state) => {
      const conf = path.join(state, 'qBittorrent/config');
      fs.mkdirSync(conf, { recursive: true });
      const lines = [
        '[LegalNotice]\nAccepted=true\n[Preferences]',
        'WebUI\\LocalHostAuth=false\nWebUI\\Address=127.0.0.1\n[BitTorrent]',
        'Session\\DHTEnabled=false\nSession\\LSDEnabled=false\nSession\\PeXEnabled=false',
      ];
      fs.writeFileSync(path.join(conf, 'qBittorrent.conf'), `${lines.join('\n')}\n`);
      return spawnReadOnly('qbittorrent-nox', [`--profile=${state}`, `--webui-port=${port}`]);
    },
    settings: (port) => `url = "http://127.0.0.1:${port}"`,
  },
];

for (const daemon of DAEMONS)
  describe(`${daemon.name}, told what to seed from a folder it cannot write`, {
    skip: daemon.missing,
  }, () => {
    const copy = path.join(folder, daemon.name);
    let child: ChildProcess;
    const seed = async (...args: string[]) =>
      await runFonoteca(['seed', '--archive', copy, '--json', ...args]);
    const event = (events: readonly Record<string, unknown>[], name: string) =>
      events.find((one) => one.event === name);

    before(async () => {
      fs.cpSync(root, copy, { recursive: true });
      const port = await freePort();
      const state = path.join(folder, `${daemon.name}-state`);
      fs.mkdirSync(state);
      const config = path.join(copy, 'fonoteca.toml');
      const paths = `driver = "${daemon.name}"\n${daemon.settings(port, state)}\nvolumes_path = "${path.join(copy, 'volumes')}"\neditions_path = "${path.join(copy, 'editions')}"\n`;
      const text = fs.readFileSync(config, 'utf8').replace(/editions_path.*\n/, paths);
      fs.writeFileSync(config, text);
      child = daemon.start(port, state);
      await until(async () => (await seed('--status')).code === 0);
    });
    after(async () => {
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    });

    test('adds what is missing, finds it whole, and has nothing to add the second time', async () => {
      const dry = await seed('--dry-run');
      const torrents = event(dry.events, 'seed-plan')?.add as number;
      assert.ok(torrents >= 3, dry.stdout + dry.stderr);
      const ran = await seed('--once');
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      assert.equal(event(ran.events, 'seed-told')?.added, torrents);
      const all = { torrents, seeding: torrents };
      await until(async () => {
        const { torrents: there, seeding: whole } = event(
          (await seed('--status')).events,
          'seed-status',
        )!;
        return there === all.torrents && whole === all.seeding;
      });
      const again = event((await seed('--dry-run')).events, 'seed-plan');
      assert.deepEqual([again?.add, again?.remove, again?.kept], [0, 0, torrents]);
    });

    test('cannot write there', () => {
      const probe = path.join(copy, 'volumes/probe');
      const entered = judge('nsenter', ['-t', String(child.pid), '-m', 'touch', probe]);
      assert.notEqual(entered.status, 0);
      assert.match(entered.said, /Read-only/);
    });

    test('lets go of what a new edition replaces, confirmed, and of nothing else', async () => {
      await writeNoise(path.join(folder, `${daemon.name}-more`), 20, 1);
      await publishMore(copy, path.join(folder, `${daemon.name}-more`));
      const ran = await seed('--once');
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      const { added, removed } = event(ran.events, 'seed-told')!;
      // The catalogue and the rights are other files now; the first volume is as it was.
      assert.deepEqual([added, removed], [3, 2]);
      const plan = event((await seed('--dry-run')).events, 'seed-plan');
      assert.deepEqual([plan?.add, plan?.remove], [0, 0]);
      assert.equal(sha256Of(path.join(copy, `volumes/${volume.name}.tar`)), volume.sha256);
    });

    test('has let go of a volume before a song in it is zeroed, and seeds it anew afterwards', async () => {
      const tar = path.join(copy, `volumes/${volume.name}.tar`);
      const withdraw = (id: string) =>
        runFonoteca(['withdraw', id, '--archive', copy, '--reason', 'holder-request', '--yes']);
      const [first, second] = publishedFiles(root).map(({ digest }) => digest);
      const gone = await withdraw(first!);
      assert.equal(gone.code, 0, gone.stdout + gone.stderr);
      assert.notEqual(sha256Of(tar), volume.sha256);
      const plan = event((await seed('--dry-run')).events, 'seed-plan');
      assert.equal(plan?.kept, 1, 'of what is published, it has the other volume alone');
      const ran = await seed('--once');
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      const after = sha256Of(tar);
      await until(async () => {
        const { torrents, seeding: whole } = event((await seed('--status')).events, 'seed-status')!;
        return torrents === 4 && whole === 4;
      });
      assert.equal(sha256Of(tar), after);

      child.kill('SIGKILL');
      await once(child, 'exit');
      const refused = await withdraw(second!);
      assert.match(refused.stderr, /SEED_UNCONFIRMED/);
      assert.equal(sha256Of(tar), after, 'nothing is zeroed while a client cannot be asked');
    });
  });

describe('the seeder at its end', () => {
  test('tells what it gave, says goodbye to the tracker, and exits with 0', async () => {
    const { code, seeded } = await seeding.stop();
    assert.equal(code, 0);
    assert.equal(seeded.event, 'seeded');
    assert.ok((seeded.uploadedBytes as number) >= volume.sizeBytes);
    assert.ok(!tracker.seeders(volume.infohashV1).includes(seeding.port));
  });
});

/** A way to run a program that sees the folder read-only: a mount of its own. */
function readOnlyWrapper(): { missing: string | false; args: string[] } {
  const args = process.getuid?.() === 0 ? ['-m'] : ['-r', '-m'];
  const { status } = judge('unshare', [...args, 'true']);
  return { missing: status !== 0 && 'not allowed here: a mount of its own (unshare)', args };
}

function spawnReadOnly(command: string, args: readonly string[]): ChildProcess {
  const script = `
for part in "$FOLDER"/*/volumes "$FOLDER"/*/editions; do mount --bind "$part" "$part" && mount -o remount,bind,ro "$part" || exit 1; done
exec "$@"`;
  return spawn('unshare', [...READ_ONLY.args, 'sh', '-c', script, 'sh', command, ...args], {
    env: { ...process.env, FOLDER: folder },
    stdio: 'ignore',
  });
}

/** An IPv4 address of this machine that is not loopback, where there is one: Transmission takes no loopback peer. */
function ownAddress(): string {
  const all = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < end, 'not in 30 s');
    await sleep(100);
  }
}
