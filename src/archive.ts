/** Makes and opens archives: the only module that opens the ledger, the store, the key and the audio workers, and hands them out. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type ArchiveKeys,
  areKeysSettled,
  givenOrNewKey,
  type KeyFile,
  type KeyNames,
  ownKeyFile,
  putPublicHalf,
  readArchiveKeys,
  readKeyFile,
  readPublicKeys,
  settleArchiveKeys,
} from './archive-keys.ts';
import { takeArchiveLock } from './archive-lock.ts';
import type { AudioDoor } from './audio/door.ts';
import type { Clock, Random } from './base/clock.ts';
import type { Digest } from './base/digest.ts';
import type { Disk } from './base/disk.ts';
import { ensureDirectory, putFile } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import { type Config, initialConfig, loadConfig } from './config.ts';
import { keyIdText, type MinisignPublicKey, type MinisignSecretKey } from './formats/minisign.ts';
import { formatSecretKey } from './formats/minisign-secret.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openSqliteLedger } from './ledger/sqlite-ledger.ts';
import { clearWork } from './store/clear-work.ts';
import { directoriesOf, type Layout, layoutOf } from './store/layout.ts';
import { openStore, type PlaceInVolume, type Store } from './store/store.ts';

/** The outside world as an archive sees it. */
export interface World {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a new archive is told. */
export interface NewArchive {
  readonly name: string;
  /** Where rights holders write to. */
  readonly contact?: string | undefined;
  /** The text of a minisign secret key; a new key when absent. */
  readonly secretKey?: string | undefined;
}

/** An open archive. Closing it lets go of the lock and stops the audio workers. */
export interface Archive extends AsyncDisposable, World {
  readonly config: Config;
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly store: Store;
  /** The audio workers, started on first use. */
  audio(): Promise<AudioDoor>;
  /** How many audio jobs are worth having in hand. */
  readonly audioConcurrency: number;
  /** The public half of the key that editions are signed with. Throws `KEY_MISSING`. */
  publicKey(): MinisignPublicKey;
  /** The key that editions are signed with, read on first use. Throws `KEY_MISSING`, `KEY_INVALID`, `ARCHIVE_FOREIGN`. */
  secretKey(): MinisignSecretKey;
  /** Secret keys that lie beside it, such as the one before a rotation; read with it. */
  furtherKeys(): readonly KeyFile[];
}

/** A clock further back than this behind the last fact is wrong rather than adjusted. */
const CLOCK_TOLERANCE_MS = 24 * 3600 * 1000;
const EARLIEST_YEAR = '2020';

/**
 * Makes an archive in `root`, with `secretKey` or a new key. Killed anywhere, the same call completes it: the
 * settings file comes last and is what makes the folder an archive. `ARCHIVE_EXISTS` when there is one or the folder
 * holds other things.
 */
export async function createArchive(
  root: string,
  options: NewArchive,
  world: World,
): Promise<void> {
  const layout = layoutOf(path.resolve(root));
  const { disk } = world;
  refuseForeignFolder(layout, disk);
  for (const directory of [layout.root, ...directoriesOf(layout)]) ensureDirectory(disk, directory);
  const release = takeArchiveLock(lockFile(layout));
  try {
    const key = keepKey(layout, options.secretKey, world);
    const archiveId = keyIdText(key.publicKey);
    await using ledger = openSqliteLedger(layout.ledger, world);
    if ((await ledger.archive()) === undefined)
      await ledger.commit([{ kind: 'archive-created', archiveId, name: options.name }]);
    putFile(disk, layout.config, initialConfig({ ...options, archiveId }), {
      replace: false,
    });
  } finally {
    release();
  }
}

/**
 * The archive in `root`. With `write` the one writer's lock is taken and leftovers of a killed run are cleared from
 * `work/`. Errors: `ARCHIVE_MISSING`, `ARCHIVE_LOCKED`, `LEDGER_MISSING`, `ARCHIVE_FOREIGN`, `CONFIG_INVALID`, `CLOCK_IMPLAUSIBLE`.
 */
export async function openArchive(
  root: string,
  options: { write: boolean },
  world: World,
): Promise<Archive> {
  const layout = layoutOf(path.resolve(root));
  const config = loadConfig(layout.config);
  const release = options.write ? takeArchiveLock(lockFile(layout)) : () => {};
  try {
    // Opening would make an empty one, which belongs to no archive.
    if (!fs.existsSync(layout.ledger)) throw new FonotecaError('LEDGER_MISSING', layout.ledger);
    const ledger = openSqliteLedger(layout.ledger, {
      clock: world.clock,
      readOnly: !options.write,
    });
    const names = await checkIdentity(layout, config, ledger);
    if (options.write) {
      if (!areKeysSettled(layout, names)) settle(layout, names, world.disk);
      await checkClock(world.clock, ledger);
      clearWork(world.disk, layout);
    }
    return assemble({ layout, config, ledger, names, release }, world);
  } catch (error) {
    release();
    throw error;
  }
}

interface ArchiveParts {
  readonly layout: Layout;
  readonly config: Config;
  readonly ledger: Ledger;
  readonly names: KeyNames;
  release(): void;
}

function assemble({ layout, config, ledger, names, release }: ArchiveParts, world: World): Archive {
  const store = openStore(world.disk, layout.root, openLocator(ledger));
  const { engine, ffmpeg } = config.audio;
  const workers = config.audio.workers === 0 ? os.availableParallelism() : config.audio.workers;
  let door: Promise<AudioDoor> | undefined;
  let keys: ArchiveKeys | undefined;
  const secretKeys = () => {
    keys ??= readArchiveKeys(layout, names);
    return keys;
  };
  return {
    ...world,
    config,
    layout,
    ledger,
    store,
    audio: () => {
      // Loaded on first use: most commands never decode anything.
      door ??= import('./audio/door.ts').then(({ openAudioDoor }) =>
        openAudioDoor({
          workers,
          engine,
          ...(ffmpeg === undefined ? {} : { ffmpegPath: ffmpeg }),
        }),
      );
      return door;
    },
    // Results are recorded in order: while one long file is waited for, the other workers have short ones to go on with.
    audioConcurrency: 3 * workers,
    publicKey: () => readPublicKeys(layout, names)[0] ?? missingKey(layout),
    secretKey: () => secretKeys()?.own.key ?? missingKey(layout),
    furtherKeys: () => secretKeys()?.further ?? [],
    [Symbol.asyncDispose]: async () => {
      await (await door)?.[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
      release();
    },
  };
}

/** What a read needs to know of a volume. */
type KnownVolume = Pick<PlaceInVolume, 'volumeSizeBytes' | 'piecesRoot'>;
/** Volumes whose size and root are kept at hand, some 200 bytes each. */
const MAX_KNOWN_VOLUMES = 10_000;

/**
 * Tells where a digest lies. The record of a volume lists all its members, so what a read needs of it is kept; it
 * changes only by a redaction, and each of those adds one superseded identity.
 */
function openLocator(ledger: Ledger): (digest: Digest) => Promise<PlaceInVolume | undefined> {
  const known = new Map<string, KnownVolume>();
  const volumeOf = async (name: string): Promise<KnownVolume | undefined> => {
    const key = `${name} ${(await ledger.superseded(name)).length}`;
    const kept = known.get(key);
    if (kept) return kept;
    const volume = await ledger.volume(name);
    if (!volume) return undefined;
    const found = { volumeSizeBytes: volume.sizeBytes, piecesRoot: volume.piecesRoot };
    if (known.size >= MAX_KNOWN_VOLUMES) known.delete(known.keys().next().value!);
    known.set(key, found);
    return found;
  };
  return async (digest) => {
    // What is withdrawn is given to nobody, from the moment it is on the record and whatever still lies on disk.
    if (await ledger.isWithdrawn(digest)) return undefined;
    const [place] = await ledger.places(digest);
    const volume = place && (await volumeOf(place.volume));
    if (!volume) return undefined;
    const { positionBytes, sizeBytes } = place;
    return { volume: place.volume, positionBytes, sizeBytes, ...volume };
  };
}

function refuseForeignFolder(layout: Layout, disk: Disk): void {
  if (disk.stat(layout.config))
    throw new FonotecaError('ARCHIVE_EXISTS', `an archive in ${layout.root}`);
  const ours = new Set(
    [...directoriesOf(layout), layout.ledger, lockFile(layout)].map((file) => path.basename(file)),
  );
  const foreign = disk
    .list(layout.root)
    .find(
      (name) =>
        !ours.has(name.replace(/-(?:wal|shm|journal)$|\.tmp$/, '')) && name !== 'fonoteca.toml.tmp',
    );
  if (foreign !== undefined)
    throw new FonotecaError('ARCHIVE_EXISTS', `${JSON.stringify(foreign)} in ${layout.root}`);
}

function missingKey(layout: Layout): never {
  throw new FonotecaError('KEY_MISSING', ownKeyFile(layout));
}

/** Brings the files of a change of keys that was killed to their places. */
function settle(layout: Layout, names: KeyNames, disk: Disk): void {
  const keys = readArchiveKeys(layout, names);
  if (keys) settleArchiveKeys(layout, disk, keys);
}

/**
 * The ledger, the settings and the public halves of the keys name one archive, or two archives were mixed up. Returns what
 * the archive is known by.
 */
async function checkIdentity(layout: Layout, config: Config, ledger: Ledger): Promise<KeyNames> {
  const known = (await ledger.archive())?.archiveId;
  if (known !== config.archive_id)
    throw new FonotecaError(
      'ARCHIVE_FOREIGN',
      `the ledger is of ${known ?? 'no archive'}, fonoteca.toml of ${config.archive_id}`,
    );
  const names = { archiveId: known, told: await ledger.editionKeys() };
  readPublicKeys(layout, names);
  return names;
}

/** Order in the ledger is by number and needs no clock; but dates signed under a broken clock would mislead for ever. */
async function checkClock(clock: Clock, ledger: Ledger): Promise<void> {
  const now = clock.nowIso();
  const last = (await ledger.lastFact())?.at;
  const behind = last !== undefined && Date.parse(now) < Date.parse(last) - CLOCK_TOLERANCE_MS;
  if (now < EARLIEST_YEAR || behind)
    throw new FonotecaError(
      'CLOCK_IMPLAUSIBLE',
      `the clock says ${now}${last === undefined ? '' : `, the last record ${last}`}`,
    );
}

function keepKey(
  layout: Layout,
  given: string | undefined,
  { disk, random }: World,
): MinisignSecretKey {
  const file = ownKeyFile(layout);
  if (!disk.stat(file))
    putFile(disk, file, formatSecretKey(givenOrNewKey(given, random)), {
      replace: false,
      mode: 0o600,
    });
  const key = readKeyFile(file);
  putPublicHalf(disk, path.join(layout.keys, 'edition.pub'), key.publicKey);
  return key;
}

function lockFile(layout: Layout): string {
  return path.join(layout.root, 'lock');
}
