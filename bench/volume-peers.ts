/**
 * The peers of `bench/volumes.ts`: libtorrent 2.0 by its Python module, mktorrent, GNU tar, openssl; and the wrapper
 * that times any of them, and us, as a whole process.
 */
import { execFileSync } from 'node:child_process';

/** One timed run of a program. */
export interface TimedRun {
  /** As the program itself told on its last line, from the start of the work to its end; else the whole process. */
  readonly seconds: number;
  readonly processSeconds: number;
  /** Processor seconds of the same span. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** What the program told on its last line. */
  readonly told: Readonly<Record<string, number>>;
}

/** Debian's Python, which has the module, where another comes first on the path. */
const PYTHON = '/usr/bin/python3';

const TIME_PROCESS = `
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
out = child.stdout.read()
_, status, usage = os.wait4(child.pid, 0)
seconds = time.perf_counter() - start
if status != 0: raise SystemExit("%s ended with %d" % (sys.argv[1:], status))
print(json.dumps({"processSeconds": seconds, "cpuSeconds": usage.ru_utime + usage.ru_stime,
  "peakMiB": usage.ru_maxrss / 1024, "last": out.decode(errors="replace").strip().split("\\n")[-1]}))
`;

/** The metainfo of a file or folder, from the listing of files to the encoded torrent. */
const LIBTORRENT = `
import json, os, sys, time, libtorrent as lt
path, piece, flags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
start, cpu = time.perf_counter(), time.process_time()
storage = lt.file_storage()
lt.add_files(storage, path)
torrent = lt.create_torrent(storage, piece, flags)
lt.set_piece_hashes(torrent, os.path.dirname(path))
encoded = lt.bencode(torrent.generate())
print(json.dumps({"seconds": time.perf_counter() - start, "workCpuSeconds": time.process_time() - cpu,
  "bytes": len(encoded)}))
`;
/** create_torrent's flag for v1 alone. */
const V1_ONLY = 64;

/** Runs `command` to its end, on one core when told, and says what it took. */
export function timed(command: readonly string[], { oneCore }: { oneCore: boolean }): TimedRun {
  const pinned = oneCore ? ['taskset', '-c', '0', ...command] : command;
  const out = execFileSync(PYTHON, ['-c', TIME_PROCESS, ...pinned], { encoding: 'utf8' });
  const { processSeconds, peakMiB, last, ...rest } = JSON.parse(out);
  const told = last.startsWith('{') ? JSON.parse(last) : {};
  const seconds = told.seconds ?? processSeconds;
  const cpuSeconds = told.workCpuSeconds ?? rest.cpuSeconds;
  return { seconds, processSeconds, cpuSeconds, peakMiB, told };
}

/** The command that makes libtorrent hash `path`. */
export function libtorrent(path: string, pieceBytes: number, versions: 'v1' | 'hybrid'): string[] {
  const flags = versions === 'v1' ? V1_ONLY : 0;
  return [PYTHON, '-c', LIBTORRENT, path, `${pieceBytes}`, `${flags}`];
}

/** The command that makes mktorrent hash `path` with `threads` threads. */
export function mktorrent(
  path: string,
  pieceBytes: number,
  threads: number,
  out: string,
): string[] {
  const length = `${Math.log2(pieceBytes)}`;
  const own = [
    'mktorrent',
    '-d',
    '-l',
    length,
    '-t',
    `${threads}`,
    '-o',
    out,
    '-a',
    'http://x',
    path,
  ];
  // It refuses to replace its output.
  return ['sh', '-c', 'rm -f "$0"; exec "$@"', out, ...own];
}

/** The names of peers that do not run here. */
export function missingPeers(): string[] {
  const probes: Record<string, string[]> = {
    'python3-libtorrent': [PYTHON, '-c', 'import libtorrent'],
    mktorrent: ['sh', '-c', 'command -v mktorrent'],
    openssl: ['openssl', 'version'],
    tar: ['tar', '--version'],
    taskset: ['taskset', '-c', '0', 'true'],
  };
  return Object.entries(probes)
    .filter(([, [program, ...args]]) => {
      try {
        execFileSync(program!, args, { stdio: 'ignore' });
        return false;
      } catch {
        return true;
      }
    })
    .map(([name]) => name);
}
