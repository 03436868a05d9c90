/**
 * What the tests of `add` share: an archive in a temporary folder with the real ledger, store and audio door, a folder
 * beside it to add, and sound of our own making.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AudioDoor } from '../audio/door.ts';
import { encodeVorbis } from '../audio/encoders.ts';
import { tone } from '../audio/test-sounds.ts';
import { realByteNameDisk } from '../base/byte-name-disk.ts';
import { type Clock, fixedClock } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { unwatched, type Watch } from '../base/progress.ts';
import { retagOggVorbis } from '../formats/test-ogg-retag.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { directoriesOf, layoutOf } from '../store/layout.ts';
import { openStore } from '../store/store.ts';
import type { AddOptions, IngestDeps } from './add-options.ts';
import type { AddReport } from './add-report.ts';
import type { HeldItem } from './add-session.ts';
import { carryOutAdd } from './carry-out-add.ts';
import { planAdd } from './plan-add.ts';

/** An archive and a folder to add to it; gone when disposed. */
export interface AddBench extends AsyncDisposable {
  readonly deps: IngestDeps & { readonly store: ReturnType<typeof openStore> };
  /** The folder to add. */
  readonly music: string;
  /** A folder for what else a test needs. */
  readonly beside: string;
  /** Files that were opened for reading in `music`, in order. */
  readonly opened: string[];
  put(name: string, content: Uint8Array | string): string;
  /** Plans and carries out adding `music`, or `paths`. */
  add(
    options?: Partial<AddOptions>,
    run?: { paths?: string[]; watch?: Watch; held?: HeldItem[] },
  ): Promise<AddReport>;
}

/** A bench whose audio is inspected by `audio`. */
export function addBench(
  audio: AudioDoor,
  clock: Clock = fixedClock('2026-03-04T05:06:07Z'),
): AddBench {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-add-')));
  const layout = layoutOf(path.join(home, 'archive'));
  for (const directory of directoriesOf(layout)) ensureDirectory(realDisk, directory);
  const music = path.join(home, 'music');
  const beside = path.join(home, 'beside');
  for (const folder of [music, beside]) fs.mkdirSync(folder);
  const ledger = openSqliteLedger(layout.ledger, { clock });
  const store = openStore(realDisk, layout.root, async () => undefined);
  const opened: string[] = [];
  const source: IngestDeps['source'] = {
    ...realByteNameDisk,
    openForReading(file) {
      opened.push(path.relative(music, file.toString()));
      return realByteNameDisk.openForReading(file);
    },
  };
  const deps = { ledger, store, disk: realDisk, source, clock, audio, readers: 2 };
  return {
    deps,
    music,
    beside,
    opened,
    put(name, content) {
      const file = path.join(music, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
      return file;
    },
    async add(options = {}, { paths = [music], watch = unwatched, held = [] } = {}) {
      const plan = await planAdd(paths, { day: '2026-03-04', ...options }, deps, watch);
      return carryOutAdd(plan, deps, watch, (item) => held.push(item));
    },
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]();
      fs.rmSync(home, { recursive: true });
    },
  };
}

const sounds = new Map<number, Promise<Uint8Array>>();

/** An Ogg Vorbis file of about a second: one sound for each `number`, with `tags`. */
export async function song(
  number: number,
  tags: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const frequencyHz = 200 + 37 * number;
  const pcm = tone({ rateHz: 22_050, samples: 24_000, channels: 1, frequencyHz });
  const made = sounds.get(number) ?? encodeVorbis(pcm, { quality: 1 });
  sounds.set(number, made);
  const comments = Object.entries(tags);
  return retagOggVorbis(await made, { vendor: 'test', comments, serial: number });
}

/** The findings of `report` as `level code subject`. */
export function told(report: AddReport): string[] {
  return report.findings.map(
    ({ level, code, subject }) => `${level} ${code} ${path.basename(subject)}`,
  );
}
