/**
 * What this machine offers to hold a child process in, and the command line that does it.
 *
 * From outside to inside: `prlimit` for memory, files and core dumps; then `bwrap`, which gives the process namespaces, an
 * empty root with nothing but libraries and the paths it was given, no capability and a list of system calls that fail; or,
 * where that is not installed, `unshare` for namespaces and `setpriv` for capabilities. SECURITY.md tells what each is worth.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { seccompFilter } from './seccomp-filter.ts';

/** What a process may use over its life. */
export interface ProcessLimits {
  /**
   * Private writable memory (RLIMIT_DATA); an address-space limit would stop Node from starting. Node's own
   * reservation for code counts 560 MiB before it runs anything.
   */
  readonly dataBytes: number;
  /** CPU time over the whole life (RLIMIT_CPU), the backstop behind `watch`. */
  readonly cpuSeconds: number;
  readonly openFiles: number;
  /** Largest file it may write (RLIMIT_FSIZE); 0, which is no file at all, when left out. */
  readonly fileBytes?: number;
}

/** What the machine offers to hold a process in. */
export interface Isolation {
  /** Path of `prlimit`, or null. */
  readonly prlimit: string | null;
  /** Path of `bwrap` and the system calls it is to deny (null where no list was written for the processor), or null. */
  readonly bubblewrap: { readonly file: string; readonly filter: Uint8Array | null } | null;
  /** Path of `unshare` and the namespaces it could make here, or null; used only without `bubblewrap`. */
  readonly unshare: { readonly file: string; readonly namespaces: readonly Namespace[] } | null;
  /** Path of `setpriv`, or null; used only without `bubblewrap`. */
  readonly setpriv: string | null;
}

type IsolationProgram = 'prlimit' | 'bwrap' | 'unshare' | 'setpriv';

/** A kind of Linux namespace. */
export type Namespace = 'user' | 'net' | 'mount' | 'ipc' | 'uts' | 'cgroup' | 'pid';

/** How a process is to be held in. */
export interface Confinement {
  readonly limits: ProcessLimits;
  readonly isolation: Isolation;
  /** Files and folders that it may read beside libraries, where it gets a root of its own. */
  readonly readable?: readonly string[];
  /** Folders that it may write to, where it gets a root of its own; elsewhere the system's own permissions hold. */
  readonly writable?: readonly string[];
}

/** A command held in by an isolation: what to spawn, and what to give it on descriptor 3. */
export interface ConfinedCommand {
  readonly argv: readonly string[];
  /** Bytes to be read from descriptor 3 before the program starts; null when there is no such descriptor. */
  readonly descriptor3: Uint8Array | null;
}

const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin'];
/** Where libraries are that programs are linked to, on Debian and its like, and on systems that keep them elsewhere. */
const LIBRARIES = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/lib', '/lib64', '/nix/store'];
const LINKER_FILES = ['/etc/ld.so.cache', '/etc/alternatives'];
const ALL_NAMESPACES: readonly Namespace[] = [
  'user',
  'net',
  'mount',
  'ipc',
  'uts',
  'cgroup',
  'pid',
];
/** Tried in turn; the first that the machine allows is used. */
const NAMESPACE_SETS: readonly (readonly Namespace[])[] = [
  ALL_NAMESPACES,
  ['user', 'net', 'mount', 'pid'],
  ['user', 'net'],
];
/** Debian's `nobody`: the process owns nothing, even when an administrator started us. */
const NOBODY = '65534';
const PROBE_LIMITS: ProcessLimits = { dataBytes: 2 ** 31, cpuSeconds: 10, openFiles: 64 };
const PROBE_MS = 10_000;
/** Nothing at all: for programs that are trusted, and for machines that offer nothing. */
export const NO_ISOLATION: Isolation = {
  prlimit: null,
  bubblewrap: null,
  unshare: null,
  setpriv: null,
};
let probed: Isolation | undefined;

/** What this machine offers, tried once. Nothing is offered outside Linux. */
export function probeIsolation(): Isolation {
  probed ??= tryIsolation();
  return probed;
}

/** What this machine offers as if the programs `without` were not there. Starts each of the others once. */
export function tryIsolation(without: readonly IsolationProgram[] = []): Isolation {
  const none = NO_ISOLATION;
  const find = (name: IsolationProgram) => (without.includes(name) ? null : findProgram(name));
  const prlimit = firstWorking(find('prlimit'), (file) => ({ ...none, prlimit: file }));
  const bwrap = find('bwrap');
  for (const filter of [seccompFilter(process.arch), null]) {
    const bubblewrap = bwrap ? { file: bwrap, filter } : null;
    if (bubblewrap && works({ ...none, prlimit, bubblewrap }))
      return { ...none, prlimit, bubblewrap };
  }
  const setpriv = firstWorking(find('setpriv'), (file) => ({ ...none, setpriv: file }));
  const file = find('unshare');
  const namespaces = NAMESPACE_SETS.find(
    (set) => file && works({ ...none, prlimit, setpriv, unshare: { file, namespaces: set } }),
  );
  return { ...none, prlimit, setpriv, unshare: file && namespaces ? { file, namespaces } : null };
}

/** The namespaces that a process gets under `isolation`; empty when none. */
export function namespacesOf({ bubblewrap, unshare }: Isolation): readonly Namespace[] {
  return bubblewrap ? ALL_NAMESPACES : (unshare?.namespaces ?? []);
}

/** The absolute path of a system program such as `prlimit`, or null; PATH is not asked. */
export function findProgram(name: string): string | null {
  const files = SYSTEM_FOLDERS.map((folder) => `${folder}/${name}`);
  return files.find((file) => fs.existsSync(file)) ?? null;
}

/**
 * `argv`, which begins with an absolute path, held in by `isolation`; with an own root it sees `readable`, `writable` and
 * libraries only.
 */
export function confined(
  argv: readonly string[],
  { limits, isolation, readable = [], writable = [] }: Confinement,
): ConfinedCommand {
  const { bubblewrap } = isolation;
  const limiting = limitingWords(isolation.prlimit, limits);
  if (!bubblewrap)
    return { argv: [...limiting, ...separatingWords(isolation), ...argv], descriptor3: null };
  const words = bubblewrapWords(bubblewrap, [argv[0]!, ...readable], writable);
  return { argv: [...limiting, ...words, ...argv], descriptor3: bubblewrap.filter };
}

function limitingWords(prlimit: string | null, limits: ProcessLimits): string[] {
  if (!prlimit) return [];
  const { dataBytes, cpuSeconds, openFiles, fileBytes = 0 } = limits;
  return [
    prlimit,
    `--data=${dataBytes}`,
    `--cpu=${cpuSeconds}`,
    `--nofile=${openFiles}`,
    `--fsize=${fileBytes}`,
    '--core=0',
    '--',
  ];
}

/** No /proc, no /dev and no /tmp is made: neither Node nor ffmpeg needs them, and none of them is in reach then. */
function bubblewrapWords(
  { file, filter }: NonNullable<Isolation['bubblewrap']>,
  readable: readonly string[],
  writable: readonly string[],
): string[] {
  const visible = [...LIBRARIES, ...LINKER_FILES].flatMap((at) => ['--ro-bind-try', at, at]);
  return [
    file,
    ...['--unshare-all', '--die-with-parent', '--as-pid-1', '--cap-drop', 'ALL'],
    ...['--uid', NOBODY, '--gid', NOBODY, '--hostname', 'sandbox'],
    ...visible,
    ...readable.flatMap((at) => ['--ro-bind', at, at]),
    ...writable.flatMap((at) => ['--bind', at, at]),
    ...['--remount-ro', '/', '--chdir', '/'],
    ...(filter ? ['--seccomp', '3'] : []),
    '--',
  ];
}

function separatingWords({ unshare, setpriv }: Isolation): string[] {
  return [
    ...(unshare ? [unshare.file, ...namespaceFlags(unshare.namespaces), '--'] : []),
    ...(setpriv ? [setpriv, ...PRIVILEGE_FLAGS, '--'] : []),
  ];
}

const PRIVILEGE_FLAGS = ['--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all'];

function namespaceFlags(namespaces: readonly Namespace[]): string[] {
  const flags = namespaces.flatMap((name) =>
    name === 'user' ? [`--map-user=${NOBODY}`, `--map-group=${NOBODY}`] : [`--${name}`],
  );
  const [hasPid, hasMount] = [namespaces.includes('pid'), namespaces.includes('mount')];
  return [
    ...flags,
    ...(hasPid ? ['--fork', '--kill-child'] : []),
    // The /proc of the machine would show its processes to the new ones.
    ...(hasPid && hasMount ? ['--mount-proc'] : []),
  ];
}

function firstWorking(file: string | null, made: (file: string) => Isolation): string | null {
  return file && works(made(file)) ? file : null;
}

/** Whether this Node starts under `isolation`. */
function works(isolation: Isolation): boolean {
  const { argv, descriptor3 } = confined([process.execPath, '--version'], {
    limits: PROBE_LIMITS,
    isolation,
  });
  // A spawn that waits can give bytes to descriptor 0 alone.
  const moved = ['/bin/sh', '-c', 'exec "$@" 3<&0 0</dev/null', 'sh', ...argv];
  const [file, ...rest] = descriptor3 ? moved : argv;
  const { status, stdout } = spawnSync(file!, rest, {
    env: {},
    cwd: '/',
    input: descriptor3 ?? '',
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: PROBE_MS,
  });
  return status === 0 && stdout.toString().startsWith('v');
}
