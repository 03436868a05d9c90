/**
 * A small archive with real volumes for the tests of publishing: a ledger, and volumes made by the codecs from seeded
 * bytes. Input: a folder. Output: what publishing works with, and a way to pack more.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Clock, fixedClock } from '../base/clock.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import type { SafeRelPath } from '../base/safe-path.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { buildMetainfo } from '../formats/metainfo-build.ts';
import { keyIdText, type MinisignSecretKey, publicBytesOf } from '../formats/minisign.ts';
import { startPieceHasher } from '../formats/piece-hasher.ts';
import { planVolume, type VolumePlan, type VolumePlanMember } from '../formats/volume-plan.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import type { Fact } from '../model/fact.ts';
import { type Derivative, type Holding, TIERS, type Tier } from '../model/holding.ts';
import { albumIdOf, trackIdOf } from '../model/ids.ts';
import type { Rights } from '../model/rights.ts';
import type { Volume } from '../model/volume.ts';
import type { PublishDeps } from './publish-deps.ts';

/** A key that is the same in every test. */
export const TEST_KEY: MinisignSecretKey = testKey(7);

/** In place of the verifier that is shipped, so that nothing published changes with it. */
const TEST_VERIFIER = Buffer.from('#!/usr/bin/env python3\n');

/** The settings of an archive that nobody can reach yet. */
export const TEST_SETTINGS: PublishDeps['settings'] = {
  name: 'Archivo de prueba',
  trackers: [],
  webSeeds: [],
  mirrors: [],
  metadataLicence: 'CC0-1.0',
};

/** The machine's disk without waiting for its platter: what a test of logic has no use for. */
const quickDisk: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };

/** What a test song is made from. */
export interface TestSong {
  readonly seed: number;
  readonly title: string;
  readonly sizeBytes: number;
  readonly rights?: Partial<Rights>;
  readonly tier?: Tier;
  /** What else is recorded of it, such as what was measured. */
  readonly holding?: Partial<Holding>;
}

/** An archive for tests. */
export interface TestArchive {
  readonly root: string;
  readonly deps: PublishDeps;
  /** Holds and packs songs into one volume, all of one tier. */
  pack(songs: readonly TestSong[]): Promise<Volume>;
  /** The same for many volumes, recorded by one commit. */
  packAll(volumes: readonly (readonly TestSong[])[]): Promise<Volume[]>;
  /** The same archive with other settings, clock or disk. */
  with(change: Partial<Pick<PublishDeps, 'settings' | 'clock' | 'disk'>>): PublishDeps;
  close(): Promise<void>;
}

/** An empty archive in `root`, which is made. */
export async function testArchive(
  root: string,
  options: { clock?: Clock; disk?: Disk; secretKey?: MinisignSecretKey } = {},
): Promise<TestArchive> {
  const { clock = fixedClock('2026-01-02T03:04:05Z'), disk = quickDisk } = options;
  const { secretKey = TEST_KEY } = options;
  const directories = {
    editions: path.join(root, 'editions'),
    volumes: path.join(root, 'volumes'),
    work: path.join(root, 'work'),
  };
  for (const directory of Object.values(directories)) fs.mkdirSync(directory, { recursive: true });
  const ledger = openSqliteLedger(path.join(root, 'ledger.db'), { clock });
  const archiveId = keyIdText(secretKey.publicKey);
  if (!(await ledger.archive()))
    await ledger.commit([{ kind: 'archive-created', archiveId, name: 'Test' }]);
  const deps = {
    ledger,
    disk,
    clock,
    secretKey,
    directories,
    settings: TEST_SETTINGS,
    verifier: () => TEST_VERIFIER,
  };
  return {
    root,
    deps,
    pack: async (songs) => (await packAll(ledger, directories.volumes, [songs]))[0]!,
    packAll: (volumes) => packAll(ledger, directories.volumes, volumes),
    with: (change) => ({ ...deps, ...change }),
    close: async () => ledger[Symbol.asyncDispose](),
  };
}

/** A secret key grown from one byte. */
export function testKey(byte: number): MinisignSecretKey {
  const seed = Buffer.alloc(32, byte);
  return { publicKey: { keyId: Buffer.alloc(8, byte), bytes: publicBytesOf(seed) }, seed };
}

/** `count` songs of some kilobytes, their seeds from `from` on. */
export function testSongs(count: number, from = 1, sizeBytes = 20_000): TestSong[] {
  return Array.from({ length: count }, (_, at) => ({
    seed: from + at,
    title: `Canción ${from + at}`,
    sizeBytes: sizeBytes + 97 * at,
  }));
}

async function packAll(
  ledger: Ledger,
  folder: string,
  lists: readonly (readonly TestSong[])[],
): Promise<Volume[]> {
  const facts: Fact[] = [];
  const volumes = lists.map((songs) => {
    const payloads = new Map<Digest, Uint8Array>();
    const members: VolumePlanMember[] = [];
    for (const song of songs) {
      const bytes = seededRandom(song.seed).bytes(song.sizeBytes);
      const digest = sha256(bytes);
      payloads.set(digest, bytes);
      const source = song.tier === 'opus' ? sha256(`original of ${digest}`) : digest;
      facts.push({ kind: 'holding-added', holding: holdingOf(song, source) });
      if (song.tier === 'opus')
        facts.push({ kind: 'derivative-made', derivative: derivativeOf(song, digest, source) });
      members.push(memberOf(song, digest));
    }
    const plan = planVolume({ tier: songs[0]?.tier ?? TIERS[0], members });
    const volume = writeVolume(folder, plan, payloads);
    facts.push({ kind: 'volume-packed', volume });
    return volume;
  });
  await ledger.commit(facts);
  return volumes;
}

function writeVolume(
  folder: string,
  plan: VolumePlan,
  payloads: ReadonlyMap<Digest, Uint8Array>,
): Volume {
  const parts: Uint8Array[] = [];
  for (const segment of plan.segments()) {
    if (segment.kind === 'bytes') parts.push(segment.bytes);
    else if (segment.kind === 'zeros') parts.push(new Uint8Array(segment.sizeBytes));
    else parts.push(payloads.get(segment.digest)!);
  }
  const bytes = Buffer.concat(parts);
  const pieceLengthBytes = pieceLength(bytes.length);
  const hasher = startPieceHasher({ pieceLengthBytes });
  hasher.update(bytes);
  const hashes = hasher.finish();
  const torrent = buildMetainfo({ name: `${plan.name}.tar`, hashes });
  fs.writeFileSync(path.join(folder, `${plan.name}.tar`), bytes);
  fs.writeFileSync(path.join(folder, `${plan.name}.torrent`), torrent.bytes);
  fs.writeFileSync(path.join(folder, `${plan.name}.leaves`), encodeLeaves(hashes));
  return {
    name: plan.name,
    tier: plan.tier,
    sizeBytes: bytes.length,
    digest: sha256(bytes),
    piecesRoot: Buffer.from(hashes.piecesRoot).toString('hex') as Digest,
    infohashV1: torrent.infohashV1,
    infohashV2: torrent.infohashV2,
    pieceLengthBytes,
    members: plan.members.map((member) => ({
      path: member.path,
      digest: member.digest,
      sizeBytes: member.sizeBytes,
      positionBytes: member.payloadPositionBytes,
    })),
  };
}

function holdingOf(song: TestSong, digest: Digest): Holding {
  return {
    digest,
    sizeBytes: song.sizeBytes,
    kind: 'audio',
    extension: 'ogg',
    mimeType: 'audio/ogg',
    trackId: trackIdOf(digest),
    albumId: albumIdOf('Ana', 'Álbum'),
    role: null,
    verdict: { state: 'intact' },
    technical: null,
    description: {
      title: song.title,
      artist: 'Ana',
      album: 'Álbum',
      popularity: null,
      from: 'tags',
    },
    rights: {
      licence: 'CC-BY-4.0',
      holder: 'Ana',
      attribution: null,
      evidence: [],
      uses: {},
      dark: false,
      ...song.rights,
    },
    ...song.holding,
  };
}

function derivativeOf(song: TestSong, digest: Digest, sourceDigest: Digest): Derivative {
  const technical = {
    format: 'ogg-opus',
    channels: 2,
    sampleRateHz: 48000,
    durationMs: 1000,
    bitrateKbps: 75,
    features: { tempoBpm: { value: 96, confidence: 0.7, algorithm: 'onset-autocorrelation/1' } },
  };
  return {
    digest,
    sizeBytes: song.sizeBytes,
    tier: 'opus',
    sourceDigest,
    extension: 'opus',
    mimeType: 'audio/ogg',
    technical: { ...technical, audioDigest: digest },
    engine: { engine: 'test', build: '1', settings: {}, sourceDigest, tagBlock: [] },
  };
}

function memberOf(song: TestSong, digest: Digest): VolumePlanMember {
  return {
    path: `Ana/Canción ${song.seed} [${digest.slice(0, 8)}].ogg` as SafeRelPath,
    digest,
    sizeBytes: song.sizeBytes,
    kind: 'audio',
    licence: 'CC-BY-4.0',
    attribution: 'Ana, CC-BY-4.0',
    holder: 'Ana',
    ids: [trackIdOf(digest)],
    engine: null,
  };
}

/** Thrown by a `dyingDisk` from its last operation on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** The machine's disk until operation `last` of those that change something; from then on every operation throws `Killed`. */
export function dyingDisk(last: number): Disk & { readonly operations: number } {
  let operations = 0;
  const changing = [
    'create',
    'write',
    'fsync',
    'renameNoReplace',
    'renameReplace',
    'unlink',
    'mkdir',
    'rmdir',
    'syncDirectory',
  ];
  const methods = Object.entries(quickDisk).map(([name, method]: [string, unknown]) => [
    name,
    (...values: unknown[]) => {
      if (changing.includes(name)) operations += 1;
      if (operations >= last) throw new Killed(`${name}, operation ${operations}`);
      return (method as (...values: unknown[]) => unknown)(...values);
    },
  ]);
  const disk = Object.fromEntries(methods) as Disk;
  return Object.defineProperty(disk, 'operations', { get: () => operations }) as Disk & {
    readonly operations: number;
  };
}
