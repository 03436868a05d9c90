/** Where everything of an archive lies, below its directory. The one place that knows these names. */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';

/** The absolute paths of an archive's parts. */
export interface Layout {
  readonly root: string;
  readonly config: string;
  readonly keys: string;
  readonly ledger: string;
  readonly objects: string;
  readonly volumes: string;
  readonly editions: string;
  readonly plans: string;
  readonly dark: string;
  /** What can be made anew from the ledger and makes questions quick; not there until it is worth it. */
  readonly index: string;
  readonly sealed: string;
  /** Pictures made small, drawn on demand: bounded, and made again when it is gone. */
  readonly cache: string;
  /** Staging in the same file system; empty between commands. */
  readonly work: string;
}

/** The layout of the archive in `root`. */
export function layoutOf(root: string): Layout {
  const at = (name: string) => path.join(root, name);
  return {
    root,
    config: at('fonoteca.toml'),
    keys: at('keys'),
    ledger: at('ledger.db'),
    objects: at('objects'),
    volumes: at('volumes'),
    editions: at('editions'),
    plans: at('plans'),
    dark: at('dark'),
    index: at('index'),
    sealed: at('sealed'),
    cache: at('cache'),
    work: at('work'),
  };
}

/** The directories an archive always has. */
export function directoriesOf(layout: Layout): readonly string[] {
  return [
    layout.keys,
    layout.objects,
    layout.volumes,
    layout.editions,
    layout.plans,
    layout.dark,
    layout.sealed,
    layout.work,
  ];
}

/** Where the loose object with `digest` lies: two levels of 256 directories keep each small at a hundred million objects. */
export function objectPath(layout: Layout, digest: Digest): string {
  return path.join(layout.objects, digest.slice(0, 2), digest.slice(2, 4), digest);
}

/** The three files of the volume `name`: the bytes, their torrent and their leaf hashes. */
export function volumePaths(
  layout: Layout,
  name: string,
): { tar: string; torrent: string; leaves: string } {
  const base = path.join(layout.volumes, name);
  return { tar: `${base}.tar`, torrent: `${base}.torrent`, leaves: `${base}.leaves` };
}
