/**
 * A real libtorrent session in a process of its own, told what to do by lines of JSON: a stranger's client that seeds,
 * fetches and meets other peers, as a judge in tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { pythonWithLibtorrent } from './outside-tools.ts';

const CLIENT = `
import json, sys, libtorrent as lt
session = lt.session({"listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
  "enable_natpmp": False, "allow_multiple_connections_per_ip": True, "min_reconnect_time": 1, "peer_connect_timeout": 5,
  "in_enc_policy": 1, "out_enc_policy": 2})
held = {}
def status(handle):
    s = handle.status()
    return {"progress": s.progress, "state": str(s.state), "error": s.errc.message() if s.errc.value() else "",
            "peers": s.num_peers, "uploaded": s.total_payload_upload, "downloaded": s.total_payload_download}
def answer(order):
    what = order["do"]
    if what == "port":
        return session.listen_port()
    if what == "add":
        info = lt.torrent_info(order["torrent"])
        flags = lt.torrent_flags.default_flags & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
        if order.get("seed"):
            flags |= lt.torrent_flags.seed_mode
        key = str(info.info_hashes().v1)
        held[key] = session.add_torrent({"ti": info, "save_path": order["folder"], "flags": flags})
        return key
    if what == "list":
        return sorted(str(h.info_hashes().v1) for h in session.get_torrents())
    if what == "remove":
        handle = held.pop(order["infohash"], None)
        if handle is not None:
            session.remove_torrent(handle)
        return handle is not None
    handle = held[order["infohash"]]
    if what == "connect":
        handle.connect_peer(("127.0.0.1", order["port"]))
        return True
    if what == "status":
        return status(handle)
    if what == "recheck":
        handle.force_recheck()
        return True
    if what == "pieces":
        handle.prioritize_pieces(order["priorities"])
        return True
    raise ValueError(what)
for line in sys.stdin:
    try:
        print(json.dumps({"ok": answer(json.loads(line))}), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
`;

/** What libtorrent says of a torrent. */
export interface ClientStatus {
  /** 0 to 1. */
  readonly progress: number;
  readonly state: string;
  readonly error: string;
  readonly peers: number;
  readonly uploaded: number;
  readonly downloaded: number;
}

/** One running client. Torrents are named by their v1 infohash. */
export interface LibtorrentClient extends AsyncDisposable {
  readonly port: number;
  /** Adds the torrent file with its data in `folder`; with `seed` the data is believed without a look. */
  add(torrent: string, folder: string, options?: { seed?: boolean }): Promise<string>;
  remove(infohash: string): Promise<void>;
  list(): Promise<string[]>;
  connect(infohash: string, port: number): Promise<void>;
  status(infohash: string): Promise<ClientStatus>;
  /** Wants only the pieces whose priority is over 0. */
  wantPieces(infohash: string, priorities: readonly number[]): Promise<void>;
}

/** Starts a client; the caller has checked that libtorrent is here. */
export async function startLibtorrent(): Promise<LibtorrentClient> {
  const child = spawn(pythonWithLibtorrent()!, ['-c', CLIENT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = readline.createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const ask = <T>(order: Record<string, unknown>): Promise<T> => {
    const asked = last.then(async () => {
      child.stdin!.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('libtorrent ended');
      const { ok, error } = JSON.parse(value) as { ok: T; error?: string };
      if (error !== undefined) throw new Error(error);
      return ok;
    });
    // The next order waits for this one, whatever its answer.
    last = asked.catch(() => {});
    return asked;
  };
  return {
    port: await ask<number>({ do: 'port' }),
    add: (torrent, folder, options) => ask({ do: 'add', torrent, folder, ...options }),
    remove: (infohash) => ask({ do: 'remove', infohash }),
    list: () => ask({ do: 'list' }),
    connect: (infohash, port) => ask({ do: 'connect', infohash, port }),
    status: (infohash) => ask({ do: 'status', infohash }),
    wantPieces: (infohash, priorities) => ask({ do: 'pieces', infohash, priorities }),
    [Symbol.asyncDispose]: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.stdin!.end();
  child.kill();
  await once(child, 'exit');
}
