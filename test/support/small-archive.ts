/**
 * A small archive in a temporary folder with the real ledger and store, and holdings put straight into both: for
 * tests of the stages after `add`.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Clock, fixedClock } from '../../src/base/clock.ts';
import type { Digest } from '../../src/base/digest.ts';
import { type Disk, realDisk } from '../../src/base/disk.ts';
import { ensureDirectory } from '../../src/base/durable.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import type { Holding } from '../../src/model/holding.ts';
import { albumIdOf, trackIdOf } from '../../src/model/ids.ts';
import { type Rights, UNKNOWN_RIGHTS } from '../../src/model/rights.ts';
import { directoriesOf, layoutOf } from '../../src/store/layout.ts';
import { openStore, type Store } from '../../src/store/store.ts';

/** A small archive and what opened it. */
export interface SmallArchive extends AsyncDisposable {
  readonly root: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: Store;
}

/** What one holding is made of; everything has a default. */
export interface Sample {
  readonly bytes: Uint8Array;
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly popularity?: number | null;
  readonly rights?: Partial<Rights>;
  readonly kind?: 'audio' | 'companion';
}

/** A small archive in `root`, or in a temporary folder that goes with it. */
export async function smallArchive(
  options: { disk?: Disk; root?: string; ledgerFile?: string } = {},
): Promise<SmallArchive> {
  const root = options.root ?? fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-small-'));
  const disk = options.disk ?? realDisk;
  const clock = fixedClock('2026-01-02T03:04:05Z');
  const layout = layoutOf(root);
  for (const directory of directoriesOf(layout)) ensureDirectory(disk, directory);
  const ledger = openSqliteLedger(options.ledgerFile ?? layout.ledger, { clock });
  const store = openStore(disk, root, async (digest) => {
    const [place] = await ledger.places(digest);
    const volume = place && (await ledger.volume(place.volume));
    return volume && { ...place, volumeSizeBytes: volume.sizeBytes, piecesRoot: volume.piecesRoot };
  });
  const dispose = async () => {
    await ledger[Symbol.asyncDispose]();
    if (options.root === undefined) fs.rmSync(root, { recursive: true });
  };
  return { root, disk, clock, ledger, store, [Symbol.asyncDispose]: dispose };
}

/** Puts samples into the store and the ledger; returns their digests in order. */
export async function hold(
  { store, ledger }: SmallArchive,
  samples: readonly Sample[],
): Promise<Digest[]> {
  const digests: Digest[] = [];
  for (const sample of samples) {
    const writer = store.loose.startPut('sample');
    writer.write(sample.bytes);
    const digest = writer.finish();
    writer.commit();
    await ledger.commit([{ kind: 'holding-added', holding: holdingOf(digest, sample) }]);
    digests.push(digest);
  }
  return digests;
}

function holdingOf(digest: Digest, sample: Sample): Holding {
  const { kind = 'audio', artist = 'Ana', album = 'Album', popularity = 50 } = sample;
  const isAudio = kind === 'audio';
  return {
    digest,
    sizeBytes: sample.bytes.length,
    kind,
    extension: isAudio ? 'flac' : 'png',
    mimeType: isAudio ? 'audio/flac' : 'image/png',
    trackId: isAudio ? trackIdOf(digest) : null,
    albumId: albumIdOf(artist, album),
    role: isAudio ? null : 'cover',
    verdict: { state: 'intact' },
    technical: null,
    description: isAudio
      ? {
          title: sample.title ?? `Track ${digest.slice(0, 6)}`,
          artist,
          album,
          popularity:
            popularity === null ? null : { value: popularity, origin: 'test', method: 'as given' },
          from: 'table',
        }
      : null,
    rights: { ...UNKNOWN_RIGHTS, licence: 'CC0-1.0', holder: 'Ana', ...sample.rights },
  };
}
