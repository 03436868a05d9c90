/**
 * The published tree: editions, their documents, volumes and torrents, found by what the editions list. Input: the
 * ledger and the folders. Output: views, and files whose bytes agree with the digests the edition lists.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type Digest, sha256, startSha256 } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseSafePath, type SafeRelPath } from '../base/safe-path.ts';
import { parseTilePath } from '../formats/tlog-tiles.ts';
import type { EditionRow, Ledger } from '../ledger/ledger.ts';
import {
  type Edition,
  type EditionFile,
  editionFilePath,
  editionFolderName,
  editionSchema,
} from '../model/edition.ts';
import type { Store } from '../store/store.ts';
import { publishedType } from './file-types.ts';
import type { ServedFile } from './site-port.ts';
import { untilNextFact } from './until-next-fact.ts';

/** What the tree is read from. */
export interface TreeSources {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly disk: Disk;
  readonly clock: Clock;
}

/** The published tree. */
export interface PublishedTree {
  /** Editions as the ledger knows them, by number. */
  rows(): Promise<readonly EditionRow[]>;
  /** Edition `number` as it was signed, or undefined. Throws `EDITION_INVALID` when its bytes are not the recorded ones. */
  edition(number: number): Promise<Edition | undefined>;
  /** The file at `file`, or undefined when no edition lists it and it is none of those that lead to one. */
  open(file: SafeRelPath): Promise<ServedFile | undefined>;
  /** A small listed document of edition `number`, verified, or undefined. */
  document(number: number, name: string): Promise<Buffer | undefined>;
}

/** An edition with its files by path. */
interface IndexedEdition {
  readonly edition: Edition;
  readonly files: ReadonlyMap<string, EditionFile>;
}

/** Editions kept parsed: the newest is asked for all the time, older ones rarely. */
const MAX_KEPT_EDITIONS = 4;
/** Documents up to this size are read and verified whole at each request; larger ones once per state of the file. */
const WHOLE_BYTES = 4 * 2 ** 20;
/** Signatures and pointers are a few hundred bytes. */
const UNLISTED_BYTES = 65_536;
const UNLISTED =
  /^(?:editions\/\d{4,9}\/edition\.json(?:(?:\.[0-9A-F]{16})?\.minisig)?|editions\/current\.json)$/;
/** The name of the volume that a published file is of. */
const VOLUME_FILE = /\/((?:original|opus)-[0-9a-f]{16})\.(?:tar|leaves|torrent)$/;
const TIMESTAMPS = 'editions/timestamps/';
const LOG = 'editions/log/';
/** A bundle of 256 of the longest entries. */
const LOG_BYTES = 256 * 65_537;
/** A verifier of some edition, named by the beginning of its SHA-256. */
const TOOL = /^editions\/tools\/verify-([0-9a-f]{16})\.py$/;

/** The published tree of the archive behind `sources`. */
export function openPublishedTree(sources: TreeSources): PublishedTree {
  const { ledger, store } = sources;
  const kept = new Map<string, IndexedEdition>();
  const verified = new Map<string, string>();
  // Asked for with every range of every volume.
  const rows = untilNextFact(sources, () => ledger.editions());
  // The volumes that are not, or soon will not be, what the edition lists.
  const changing = untilNextFact(sources, () => ledger.changingVolumes());
  const indexed = (row: EditionRow): IndexedEdition => {
    const known = kept.get(row.sha256);
    if (known) return known;
    const made = readEdition(sources, row);
    if (kept.size >= MAX_KEPT_EDITIONS) kept.delete(kept.keys().next().value!);
    kept.set(row.sha256, made);
    return made;
  };
  const open = async (file: SafeRelPath): Promise<ServedFile | undefined> => {
    const known = await rows();
    const latest = known.at(-1);
    if (!latest) return undefined;
    const own = known.find(({ number }) => file.startsWith(editionFilePath(number, '')));
    // Volumes and torrents belong to the newest edition: what has left it is no longer given out.
    const edition = indexed(own ?? latest);
    const listed = edition.files.get(file);
    const ofVolume = VOLUME_FILE.exec(file)?.[1];
    // Between a withdrawal and the edition that says so, what an edition lists may still hold what nobody is given any more.
    if (ofVolume !== undefined && (await changing()).has(ofVolume)) return undefined;
    if (!listed) return isUnlisted(sources, file, own) ? openUnlisted(sources, file) : undefined;
    const volume = edition.edition.volumes.find(({ name }) => file === `volumes/${name}.tar`);
    if (!volume) return openListed(sources, listed, verified);
    const { name, sizeBytes, piecesRoot } = volume;
    const identity = { volume: name, volumeSizeBytes: sizeBytes, piecesRoot };
    return served(file, sizeBytes, volume.sha256, async function* (start, end) {
      yield* store.volumes.read(identity, { start, end });
    });
  };
  return {
    rows,
    open,
    edition: async (number) => {
      const row = (await rows()).find((one) => one.number === number);
      return row && indexed(row).edition;
    },
    document: async (number, name) => {
      const file = await open(parseSafePath(editionFilePath(number, name)));
      return file && collect(file);
    },
  };
}

/** Edition documents are believed when their bytes have the digest that the ledger recorded at publication. */
function readEdition({ store, disk }: TreeSources, row: EditionRow): IndexedEdition {
  const file = path.join(store.layout.editions, editionFolderName(row.number), 'edition.json');
  const bytes = readWhole(disk, file);
  const digest = sha256(bytes);
  if (digest !== row.sha256)
    throw new FonotecaError('EDITION_INVALID', `edition ${row.number} has the digest ${digest}`);
  const edition = editionSchema.parse(JSON.parse(bytes.toString('utf8')));
  return { edition, files: new Map(edition.files.map((listed) => [listed.path, listed])) };
}

/** The few files that no edition can list: it itself, its signatures, the pointer, the timestamps, the log; and older verifiers. */
function isUnlisted(
  { store, disk }: TreeSources,
  file: string,
  own: EditionRow | undefined,
): boolean {
  if (file.startsWith(TIMESTAMPS)) {
    const names = disk.list(path.join(store.layout.editions, 'timestamps'));
    return names.includes(file.slice(TIMESTAMPS.length)) && /\.json(?:\.minisig)?$/.test(file);
  }
  if (file.startsWith(LOG)) {
    const name = file.slice(LOG.length);
    return name === 'checkpoint' || parseTilePath(name) !== undefined;
  }
  if (TOOL.test(file)) return true;
  return UNLISTED.test(file) && (own !== undefined || file === 'editions/current.json');
}

function openUnlisted({ store, disk }: TreeSources, file: SafeRelPath): ServedFile | undefined {
  const place = path.join(store.layout.root, file);
  const entry = disk.stat(place);
  if (entry?.kind !== 'file') return undefined;
  // edition.json itself may be long; it was verified when it was parsed.
  const most = file.startsWith(LOG) ? LOG_BYTES : UNLISTED_BYTES;
  if (entry.sizeBytes > most && !file.endsWith('/edition.json')) return undefined;
  const bytes = readWhole(disk, place);
  const wanted = TOOL.exec(file)?.[1];
  if (wanted !== undefined && !sha256(bytes).startsWith(wanted)) return undefined;
  return inMemory(file, bytes, sha256(bytes));
}

/** A listed document: verified before a byte of it is sent. */
async function openListed(
  { store, disk }: TreeSources,
  listed: EditionFile,
  verified: Map<string, string>,
): Promise<ServedFile> {
  // The path is the edition's own word, signed and checked once more, not the request's.
  const place = path.join(store.layout.root, parseSafePath(listed.path));
  if (listed.sizeBytes <= WHOLE_BYTES) {
    const bytes = readWhole(disk, place);
    requireDigest(listed, sha256(bytes));
    return inMemory(listed.path, bytes, listed.sha256);
  }
  const { size, mtimeMs, ino } = fs.statSync(place);
  const state = `${listed.sha256} ${size} ${mtimeMs} ${ino}`;
  if (verified.get(listed.path) !== state) {
    requireDigest(listed, await digestOf(place));
    verified.set(listed.path, state);
  }
  return served(listed.path, listed.sizeBytes, listed.sha256, (start, end) =>
    start === end ? empty() : fs.createReadStream(place, { start, end: end - 1 }),
  );
}

function requireDigest(listed: EditionFile, digest: Digest): void {
  if (digest !== listed.sha256)
    throw new FonotecaError(
      'STORE_OBJECT_DAMAGED',
      `${listed.path} has the digest ${digest}, the edition lists ${listed.sha256}`,
    );
}

async function digestOf(file: string): Promise<Digest> {
  const hasher = startSha256();
  for await (const chunk of fs.createReadStream(file)) hasher.update(chunk as Uint8Array);
  return hasher.finish();
}

function inMemory(file: string, bytes: Buffer, identity: string): ServedFile {
  return served(file, bytes.length, identity, async function* (start, end) {
    yield bytes.subarray(start, end);
  });
}

function served(
  file: string,
  sizeBytes: number,
  identity: string,
  read: ServedFile['read'],
): ServedFile {
  const fileName = file.slice(file.lastIndexOf('/') + 1);
  return {
    sizeBytes,
    mimeType: publishedType(fileName),
    fileName,
    identity,
    read,
  };
}

async function collect(file: ServedFile): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of file.read(0, file.sizeBytes)) parts.push(part);
  return Buffer.concat(parts);
}

async function* empty(): AsyncGenerator<Uint8Array> {}
