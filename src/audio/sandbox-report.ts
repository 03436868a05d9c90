/**
 * What holds the audio workers in on this machine, layer by layer, and what a decoder that was taken over could do in spite
 * of it, for the operator to read. `test/hostile/probes.test.ts` holds both to what really happens.
 */
import { type Isolation, namespacesOf } from '../base/isolation.ts';

/** A layer round a decoder, from the inside to the outside. */
export type LayerName =
  | 'wasm'
  | 'node-permissions'
  | 'empty-environment'
  | 'watch'
  | 'rlimits'
  | 'privileges'
  | 'namespaces'
  | 'own-root'
  | 'system-calls';

/** One layer: whether it is in force here, and what it keeps from a decoder that was taken over. */
export interface SandboxLayer {
  readonly name: LayerName;
  readonly isInForce: boolean;
  readonly covers: string;
}

/** Something a decoder that was taken over might try. */
export type Attempt =
  | 'read files of this machine'
  | 'write files'
  | 'start programs'
  | 'connect to other machines'
  | 'connect to services of this machine'
  | 'open a socket'
  | 'see or signal other processes'
  | 'become another user'
  | 'learn the name of this machine'
  | 'ask the kernel for what no decoder needs'
  | 'read the environment'
  | 'use descriptors that were open'
  | 'take more memory, time or output than allowed';

/** The layers each of which suffices against an attempt. */
const DENIED_BY: Readonly<Record<Attempt, readonly LayerName[]>> = {
  'read files of this machine': ['node-permissions', 'own-root'],
  'write files': ['node-permissions', 'own-root'],
  'start programs': ['node-permissions', 'system-calls'],
  'connect to other machines': ['namespaces'],
  'connect to services of this machine': ['own-root', 'system-calls'],
  'open a socket': ['system-calls'],
  'see or signal other processes': ['namespaces'],
  'become another user': ['namespaces'],
  'learn the name of this machine': ['own-root'],
  'ask the kernel for what no decoder needs': ['node-permissions', 'system-calls'],
  'read the environment': ['empty-environment'],
  'use descriptors that were open': ['empty-environment'],
  'take more memory, time or output than allowed': ['watch'],
};

/** The layers round the engine's processes under `isolation`. */
export function describeSandbox(isolation: Isolation, engine: 'wasm' | 'ffmpeg'): SandboxLayer[] {
  const namespaces = namespacesOf(isolation);
  const isWasm = engine === 'wasm';
  const hasOwnRoot = isolation.bubblewrap !== null;
  const layer = (name: LayerName, isInForce: boolean, covers: string) => ({
    name,
    isInForce,
    covers,
  });
  return [
    layer(
      'wasm',
      isWasm,
      'decoders touch no memory but their own; FLAC, WAV and AIFF are read in TypeScript',
    ),
    layer(
      'node-permissions',
      isWasm,
      'no file is read but the program itself, none is written, no process, thread or addon is started; the network and signals are not covered',
    ),
    layer(
      'empty-environment',
      true,
      'no variable and no argument from outside, no open file but three pipes',
    ),
    layer(
      'watch',
      process.platform === 'linux',
      'time, processor time, memory and output of each job are measured from outside, and the process is killed beyond them',
    ),
    layer(
      'rlimits',
      isolation.prlimit !== null,
      'memory, open files, size of written files (none) and core dumps (none)',
    ),
    layer(
      'privileges',
      hasOwnRoot || isolation.setpriv !== null,
      'no capability, and no program gives any back',
    ),
    layer(
      'namespaces',
      namespaces.includes('net'),
      namespaces.includes('pid')
        ? 'no network, no other process to see or signal, no mount reaches the machine, no user but nobody'
        : 'no network, no user but nobody',
    ),
    layer(
      'own-root',
      hasOwnRoot,
      'a file tree of its own with nothing but libraries and the program, not writable; no socket of this machine',
    ),
    layer(
      'system-calls',
      isolation.bubblewrap?.filter != null,
      'the kernel refuses sockets, processes, mounts, tracing, io_uring, keys and other calls that no decoder needs',
    ),
  ];
}

/** What none of `layers` keeps a decoder from that was taken over. */
export function openAttempts(layers: readonly SandboxLayer[]): Attempt[] {
  const inForce = new Set(layers.filter((layer) => layer.isInForce).map(({ name }) => name));
  return Object.entries(DENIED_BY)
    .filter(([, names]) => !names.some((name) => inForce.has(name)))
    .map(([attempt]) => attempt as Attempt);
}
