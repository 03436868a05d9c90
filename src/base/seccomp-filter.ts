/**
 * The list of system calls that a held-in process may not make, as a seccomp program for the kernel.
 *
 * Input: the processor's name. Output: classic BPF as `bwrap --seccomp` takes it, eight bytes an instruction: code u16, jump if
 * true u8, jump if false u8, constant u32, in the order of the machine (linux/filter.h, linux/seccomp.h). Denied calls fail
 * with EPERM; a call of another architecture ends the process.
 */

/** Offsets into `struct seccomp_data`. */
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const FIRST_ARGUMENT_AT = 16;

const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const FAIL_EPERM = 0x00050001;
const FAIL_ENOSYS = 0x00050026;

/** A thread shares its maker's thread group; anything else made by `clone` is a process. */
const CLONE_THREAD = 0x00010000;
/** Above this, x86-64 takes numbers of its x32 form. */
const X32_NUMBERS = 0x40000000;

/** `clone3` hides its flags in memory, where no filter sees them; without it libc falls back to `clone`. */
const CLONE3 = 435;

interface Architecture {
  /** Its number in linux/audit.h. */
  readonly audit: number;
  readonly clone: number;
  /** Which number of `DENIED` is its own. */
  readonly column: 0 | 1;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: { audit: 0xc000003e, clone: 56, column: 0 },
  arm64: { audit: 0xc00000b7, clone: 220, column: 1 },
};

/** Calls that fail, with their numbers on x86-64 and arm64 (asm/unistd.h); null where there is none. */
const DENIED: Readonly<Record<string, readonly [x64: number, arm64: number | null]>> = {
  // The network, and descriptors handed from process to process.
  socket: [41, 198],
  socketpair: [53, 199],
  connect: [42, 203],
  bind: [49, 200],
  listen: [50, 201],
  accept: [43, 202],
  accept4: [288, 242],
  sendto: [44, 206],
  recvfrom: [45, 207],
  sendmsg: [46, 211],
  recvmsg: [47, 212],
  sendmmsg: [307, 269],
  recvmmsg: [299, 243],
  // Other processes; `clone` is asked for a thread below.
  fork: [57, null],
  vfork: [58, null],
  kill: [62, 129],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  pidfd_send_signal: [424, 424],
  // Who it is.
  setuid: [105, 146],
  setgid: [106, 144],
  setreuid: [113, 145],
  setregid: [114, 143],
  setresuid: [117, 147],
  setresgid: [119, 149],
  setfsuid: [122, 151],
  setfsgid: [123, 152],
  setgroups: [116, 159],
  capset: [126, 91],
  // The file tree, and names in it.
  chroot: [161, 51],
  pivot_root: [155, 41],
  mount: [165, 40],
  umount2: [166, 39],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  unshare: [272, 97],
  setns: [308, 268],
  mknod: [133, null],
  mknodat: [259, 33],
  link: [86, null],
  linkat: [265, 37],
  symlink: [88, null],
  symlinkat: [266, 36],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  // Memory and queues shared with others, which no limit of a process counts.
  shmget: [29, 194],
  shmat: [30, 196],
  shmctl: [31, 195],
  semget: [64, 190],
  msgget: [68, 186],
  mq_open: [240, 180],
  memfd_create: [319, 279],
  // Queues of work for the kernel, which pass by this list.
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  // The machine: its name, clocks, modules, keys, ports, and looking into it.
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
  acct: [163, 89],
  init_module: [175, 105],
  delete_module: [176, 106],
  finit_module: [313, 273],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  perf_event_open: [298, 241],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  personality: [135, 92],
  syslog: [103, 116],
  quotactl: [179, 60],
  vhangup: [153, 58],
  modify_ldt: [154, null],
  iopl: [172, null],
  ioperm: [173, null],
  lookup_dcookie: [212, 18],
};

/** The program for `architecture` as Node names it (`process.arch`), or null where none was written. */
export function seccompFilter(architecture: string): Uint8Array | null {
  const known = ARCHITECTURES[architecture];
  if (!known) return null;
  const denied = Object.values(DENIED).flatMap((numbers) => numbers[known.column] ?? []);
  return assembled([
    [LOAD_WORD, 0, 0, ARCHITECTURE_AT],
    [JUMP_EQUAL, 1, 0, known.audit],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD_WORD, 0, 0, NUMBER_AT],
    [JUMP_AT_LEAST, 0, 1, X32_NUMBERS],
    [RETURN, 0, 0, KILL_PROCESS],
    [JUMP_EQUAL, 0, 1, CLONE3],
    [RETURN, 0, 0, FAIL_ENOSYS],
    ...denied.flatMap((number): Instruction[] => [
      [JUMP_EQUAL, 0, 1, number],
      [RETURN, 0, 0, FAIL_EPERM],
    ]),
    [JUMP_EQUAL, 1, 0, known.clone],
    [RETURN, 0, 0, ALLOW],
    [LOAD_WORD, 0, 0, FIRST_ARGUMENT_AT],
    [JUMP_ANY_BIT, 1, 0, CLONE_THREAD],
    [RETURN, 0, 0, FAIL_EPERM],
    [RETURN, 0, 0, ALLOW],
  ]);
}

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, constant: number];

function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * 8);
  // Both architectures are little-endian under Linux.
  for (const [at, [code, ifTrue, ifFalse, constant]] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(ifTrue, at * 8 + 2);
    bytes.writeUInt8(ifFalse, at * 8 + 3);
    bytes.writeUInt32LE(constant, at * 8 + 4);
  }
  return bytes;
}
