/** Outside BitTorrent clients that fetch one torrent into a folder, each run until it has it or for half a minute. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, missingTools, olderThan, pythonWithLibtorrent } from './outside-tools.ts';
import { freePort } from './start-serve.ts';

const LIMIT_MS = 30_000;

/** A client as a judge. */
export interface FetchingClient {
  readonly name: string;
  /** Why it cannot judge here, or false. */
  readonly missing: string | false;
  /** Fetches the torrent in file `torrent` into `out`; returns what it said. */
  fetch(torrent: string, out: string): Promise<string>;
}

/**
 * A session of libtorrent with what a script needs to fetch. Encryption and UDP, which it tries first before it comes
 * back over plain TCP some seconds later, are switched off, so that a test need not wait.
 */
export const LIBTORRENT_SESSION = `
import sys, time, json, libtorrent as lt
session = lt.session({"listen_interfaces": "0.0.0.0:0", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
  "enable_natpmp": False, "ssrf_mitigation": False, "enable_outgoing_utp": False, "out_enc_policy": 2, "in_enc_policy": 2, "allow_multiple_connections_per_ip": True,
  "close_redundant_connections": False, "urlseed_wait_retry": 1})

def params_of(source, folder):
    params = lt.parse_magnet_uri(source) if source.startswith("magnet:") else lt.add_torrent_params()
    if not source.startswith("magnet:"): params.ti = lt.torrent_info(source)
    params.save_path = folder
    params.flags = 0
    return params

def wait_for(isDone, seconds=25):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not isDone(): time.sleep(0.01)
    return isDone()
`;

const FETCH_WITH_LIBTORRENT = `${LIBTORRENT_SESSION}
handle = session.add_torrent(params_of(sys.argv[1], sys.argv[2]))
wait_for(lambda: handle.status().is_seeding)
print(handle.status().progress)
`;

/** Prints `whole` once it has all; its folder is found by its place beside node_modules. */
const FETCH_WITH_WEBTORRENT = `
import fs from 'node:fs';
import WebTorrent from 'webtorrent';
const [torrent, out] = process.argv.slice(2);
const client = new WebTorrent({ dht: false, lsd: false, natUpnp: false, natPmp: false, utp: false, secure: 0 });
client.on('error', (error) => { process.stdout.write(String(error)); process.exit(1); });
client.add(fs.readFileSync(torrent), { path: out }, (added) => {
  added.on('done', () => { process.stdout.write('whole'); process.exit(0); });
});
`;

/** Where the judge script has put webtorrent, or undefined. */
function webtorrentFolder(): string | undefined {
  const script = path.resolve(import.meta.dirname, '../../.ci/judges/webtorrent');
  const { status, stdout } = judge(script, []);
  return status === 0 ? stdout.trim() : undefined;
}

/** libtorrent, Transmission, aria2 and webtorrent. */
export function fetchingClients(): FetchingClient[] {
  const python = pythonWithLibtorrent();
  const webtorrent = webtorrentFolder();
  return [
    {
      name: 'libtorrent',
      missing: python === undefined && 'not installed: python3-libtorrent',
      fetch: (torrent, out) =>
        runClient(python!, ['-c', FETCH_WITH_LIBTORRENT, torrent, out]).then(({ said }) => said),
    },
    {
      name: 'Transmission',
      missing: olderThan('transmission-show', [4, 0]) || missingTools('transmission-cli'),
      fetch: fetchWithTransmission,
    },
    {
      name: 'aria2',
      missing: olderThan('aria2c', [1, 37]),
      fetch: fetchWithAria2,
    },
    {
      name: 'webtorrent',
      missing: webtorrent === undefined && 'not to be had: webtorrent (.ci/judges/webtorrent)',
      fetch: (torrent, out) => fetchWithWebtorrent(webtorrent!, torrent, out),
    },
  ];
}

async function fetchWithTransmission(torrent: string, out: string): Promise<string> {
  const done = path.join(out, 'done');
  const script = path.join(out, 'finished');
  fs.writeFileSync(script, `#!/bin/sh\ntouch '${done}'\n`, { mode: 0o755 });
  const config = path.join(out, 'config');
  fs.mkdirSync(config);
  // It tries UDP first, and TCP half a minute later.
  fs.writeFileSync(path.join(config, 'settings.json'), JSON.stringify({ 'utp-enabled': false }));
  const paths = ['-w', out, '-g', config, '-f', script];
  const port = String(await freePort());
  const { said } = await runClient(
    'transmission-cli',
    [...paths, '-M', '-D', '-U', '-p', port, torrent],
    { until: () => fs.existsSync(done) },
  );
  return said;
}

async function fetchWithAria2(torrent: string, out: string): Promise<string> {
  const { said } = await runClient('aria2c', [
    ...['--no-conf', '--enable-dht=false', '--bt-enable-lpd=false', '--enable-peer-exchange=false'],
    ...['--seed-time=0', '--bt-stop-timeout=20', '--disable-ipv6=true', '--file-allocation=none'],
    ...[`--listen-port=${await freePort()}`, `--dir=${out}`, torrent],
  ]);
  return said;
}

async function fetchWithWebtorrent(home: string, torrent: string, out: string): Promise<string> {
  const script = path.join(home, `fetch-${process.pid}.mjs`);
  fs.writeFileSync(script, FETCH_WITH_WEBTORRENT);
  try {
    return (await runClient(process.execPath, [script, torrent, out])).said;
  } finally {
    fs.rmSync(script);
  }
}

/** Runs a client until it ends, or until `until` where it would seed for ever. */
export async function runClient(
  command: string,
  args: readonly string[],
  options: { until?: () => boolean; spawn?: SpawnOptions } = {},
): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, { ...options.spawn, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const state = { ended: false };
  void exit.then(() => {
    state.ended = true;
  });
  const end = performance.now() + LIMIT_MS;
  while (!state.ended && performance.now() < end && !options.until?.()) await sleep(50);
  if (!state.ended) child.kill('SIGKILL');
  return { code: (await exit)[0], said };
}
