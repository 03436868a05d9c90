/**
 * A disk in memory that remembers what was made durable, so that a power cut can be tried at any operation.
 *
 * The model is as unkind as POSIX allows: bytes written are lost, kept or torn until their file is synced; names made
 * or removed in a directory are lost or kept, each for itself, until that directory is synced. Writes are short now and then.
 */
import path from 'node:path';
import type { Disk } from '../../src/base/disk.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import { compareBytes } from '../../src/base/safe-path.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';

/** Thrown at the operation at which the power goes. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

interface FileNode {
  kind: 'file';
  bytes: Buffer;
  durable: Buffer;
}
interface DirectoryNode {
  kind: 'directory';
  entries: Map<string, Node>;
  durable: Map<string, Node>;
}
type Node = FileNode | DirectoryNode;

/** A disk that can lose power. */
export interface RecordedDisk extends Disk {
  /** Operations so far. */
  readonly operations: number;
  /** The disk as a new machine finds it after the cut: what was not durable is kept, lost or torn by `random`. */
  afterPowerCut(random: SeededRandom): RecordedDisk;
}

/** An empty disk that loses power at operation `cutAt`, counted from 1; never when it is 0. */
export function recordedDisk(random: SeededRandom, cutAt = 0): RecordedDisk {
  return diskOver(newDirectory(), random, cutAt);
}

function diskOver(root: DirectoryNode, random: SeededRandom, cutAt: number): RecordedDisk {
  let operations = 0;
  const step = () => {
    operations += 1;
    if (operations === cutAt) throw new PowerCut(`at operation ${cutAt}`);
  };
  const names = namesBelow(root);
  return {
    get operations() {
      return operations;
    },
    afterPowerCut: (seed) => diskOver(survivor(root, seed) as DirectoryNode, seed, 0),
    ...fileCalls(names, random, step),
    ...nameCalls(names, step),
  };
}

/** Ways through the tree. */
interface Names {
  /** The directory; throws `FILE_MISSING`. */
  directory(name: string): DirectoryNode;
  find(file: string): Node | undefined;
  set(file: string, node: Node): void;
  delete(file: string): void;
}

function namesBelow(root: DirectoryNode): Names {
  const directory = (name: string): DirectoryNode => {
    let node: Node | undefined = root;
    for (const part of name.split('/').filter((part) => part !== ''))
      node = node?.kind === 'directory' ? node.entries.get(part) : undefined;
    if (node?.kind !== 'directory') throw new FonotecaError('FILE_MISSING', name);
    return node;
  };
  return {
    directory,
    find(file) {
      if (file === '/') return root;
      try {
        return directory(path.dirname(file)).entries.get(path.basename(file));
      } catch {
        return undefined;
      }
    },
    set(file, node) {
      directory(path.dirname(file)).entries.set(path.basename(file), node);
    },
    delete(file) {
      directory(path.dirname(file)).entries.delete(path.basename(file));
    },
  };
}

type FileCall =
  | 'create'
  | 'openForUpdate'
  | 'openForReading'
  | 'write'
  | 'read'
  | 'truncate'
  | 'fsync'
  | 'close';

/** The calls on bytes. */
function fileCalls(names: Names, random: SeededRandom, step: () => void): Pick<Disk, FileCall> {
  const open = new Map<number, FileNode>();
  let next = 3;
  const openNode = (file: string): number => {
    const node = names.find(file);
    if (node?.kind !== 'file') throw new FonotecaError('FILE_MISSING', file);
    open.set(next, node);
    return next++;
  };
  return {
    create(file) {
      step();
      if (names.find(file)) throw new FonotecaError('FILE_EXISTS', file);
      names.set(file, { kind: 'file', bytes: Buffer.alloc(0), durable: Buffer.alloc(0) });
      return openNode(file);
    },
    openForUpdate: openNode,
    openForReading: openNode,
    write(descriptor, bytes, position) {
      step();
      const file = open.get(descriptor)!;
      const at = position ?? file.bytes.length;
      const isShort = bytes.length > 1 && random.below(4) === 0;
      const taken = isShort ? 1 + random.below(bytes.length - 1) : bytes.length;
      const grown = Buffer.alloc(Math.max(file.bytes.length, at + taken));
      file.bytes.copy(grown);
      grown.set(bytes.subarray(0, taken), at);
      file.bytes = grown;
      return taken;
    },
    read: (descriptor, buffer, position) => open.get(descriptor)!.bytes.copy(buffer, 0, position),
    truncate(descriptor, sizeBytes) {
      step();
      const file = open.get(descriptor)!;
      file.bytes = file.bytes.subarray(0, sizeBytes);
    },
    fsync(descriptor) {
      step();
      const file = open.get(descriptor)!;
      file.durable = file.bytes;
    },
    close: (descriptor) => void open.delete(descriptor),
  };
}

/** The calls on names. */
function nameCalls(names: Names, step: () => void): Omit<Disk, FileCall> {
  const move = (from: string, to: string): void => {
    step();
    const moved = names.find(from);
    if (!moved) throw new FonotecaError('FILE_MISSING', from);
    names.set(to, moved);
    names.delete(from);
  };
  const remove = (name: string): void => {
    step();
    if (names.find(name)) names.delete(name);
  };
  return {
    renameNoReplace(from, to) {
      if (names.find(to)) return false;
      move(from, to);
      return true;
    },
    renameReplace: move,
    unlink: remove,
    mkdir(name) {
      step();
      if (names.find(name)) return false;
      names.set(name, newDirectory());
      return true;
    },
    rmdir: remove,
    syncDirectory(name) {
      step();
      const target = names.directory(name);
      target.durable = new Map(target.entries);
    },
    list(name) {
      const found = names.find(name);
      return found?.kind === 'directory' ? [...found.entries.keys()].sort(compareBytes) : [];
    },
    stat(file) {
      const found = names.find(file);
      return (
        found && { kind: found.kind, sizeBytes: found.kind === 'file' ? found.bytes.length : 0 }
      );
    },
  };
}

function newDirectory(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), durable: new Map() };
}

/** What is left of `node`: durable parts surely, the rest by chance. */
function survivor(node: Node, random: SeededRandom): Node {
  if (node.kind === 'file') {
    const bytes = tornBytes(node, random);
    return { kind: 'file', bytes, durable: bytes };
  }
  const names = new Set([...node.entries.keys(), ...node.durable.keys()]);
  const kept = new Map<string, Node>();
  for (const name of names) {
    const now = node.entries.get(name);
    const then = node.durable.get(name);
    const chosen = now === then || random.below(2) === 0 ? now : then;
    if (chosen) kept.set(name, survivor(chosen, random));
  }
  return { kind: 'directory', entries: kept, durable: new Map(kept) };
}

/**
 * Sectors written since the last sync are old or new, or zero where there was none before, and the length is the old or
 * the new one. A sector that was only written over never becomes a third thing, and its neighbours stay.
 */
function tornBytes(file: FileNode, random: SeededRandom): Buffer {
  if (file.bytes === file.durable) return file.bytes;
  const length = random.below(2) === 0 ? file.bytes.length : file.durable.length;
  const torn = Buffer.alloc(length);
  for (let at = 0; at < length; at += 512) {
    const isOld = at + 512 <= file.durable.length;
    const sources = [file.bytes, file.durable, isOld ? file.durable : Buffer.alloc(0)];
    const source = sources[random.below(3)]!;
    source.subarray(at, Math.min(at + 512, length)).copy(torn, at);
  }
  return torn;
}
