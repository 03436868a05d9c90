/** What holds the audio workers in on this machine, layer by layer, for the operator to read. */
import type { Isolation } from '../base/subprocess.ts';

/** One layer: whether it is in force here, and what it keeps from a decoder that was taken over. */
export interface SandboxLayer {
  readonly name: 'wasm' | 'node-permissions' | 'empty-environment' | 'rlimits' | 'namespaces';
  readonly isInForce: boolean;
  readonly covers: string;
}

/** The layers round the engine's processes under `isolation`. */
export function describeSandbox(isolation: Isolation, engine: 'wasm' | 'ffmpeg'): SandboxLayer[] {
  const namespaces = isolation.unshare?.namespaces ?? [];
  const isWasm = engine === 'wasm';
  return [
    {
      name: 'wasm',
      isInForce: isWasm,
      covers: 'decoders touch no memory but their own; FLAC and WAV are read in TypeScript',
    },
    {
      name: 'node-permissions',
      isInForce: isWasm,
      covers:
        'no file is read but the program itself, none is written, no process, thread or addon is started; the network and signals are not covered',
    },
    {
      name: 'empty-environment',
      isInForce: true,
      covers: 'no variable, no argument from outside, no open file but three pipes',
    },
    {
      name: 'rlimits',
      isInForce: isolation.prlimit !== null,
      covers: 'memory, open files, size of written files (none) and core dumps (none)',
    },
    {
      name: 'namespaces',
      isInForce: namespaces.includes('net'),
      covers: namespaces.includes('pid')
        ? 'no network, no other process to see or signal, no mount reaches the machine'
        : 'no network',
    },
  ];
}
