/** Outside programs as judges: whether they are here, and what they say. */
import { spawnSync } from 'node:child_process';

/** How a program ended and all it said. */
export interface Judged {
  readonly status: number | null;
  readonly stdout: string;
  /** stdout and stderr. */
  readonly said: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const LIMIT_MS = 60_000;

/** What `command ARGS` says, in the C locale. Never throws for an exit code. */
export function judge(
  command: string,
  args: readonly string[],
  options: { cwd?: string; input?: Uint8Array } = {},
): Judged {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: LIMIT_MS,
    ...options,
  });
  return { status, stdout: stdout ?? '', said: `${stdout ?? ''}${stderr ?? ''}` };
}

/** Why a test is skipped that needs `commands`, or false when all are on the path. */
export function missingTools(...commands: string[]): string | false {
  const absent = commands.filter((command) => judge('which', [command]).status !== 0);
  return absent.length > 0 && `not installed: ${absent.join(', ')}`;
}

/** Why `command` cannot judge, or false when it is here in version `from` or newer. */
export function olderThan(command: string, from: readonly [number, number]): string | false {
  const absent = missingTools(command);
  if (absent) return absent;
  const seen = /\b(\d+)\.(\d+)/.exec(judge(command, ['--version']).said);
  const [major = 0, minor = 0] = (seen ?? []).slice(1).map(Number);
  const isOld = major < from[0] || (major === from[0] && minor < from[1]);
  return isOld && `${command} ${major}.${minor} is older than ${from.join('.')}`;
}

/** The Python that has libtorrent: Debian's holds the module, and another may come first on the path. */
export function pythonWithLibtorrent(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (command) => judge(command, ['-c', 'import libtorrent']).status === 0,
  );
}
