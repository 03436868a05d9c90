/**
 * What the newest edition offers over BitTorrent: its volumes, and its metadata files opened where they lie.
 *
 * Input: the published tree and the ledger. Output: one small row a torrent; a volume that is superseded or from which
 * something is being withdrawn is left out. A seeder of ten thousand torrents holds these rows and opens the rest on demand.
 */
import path from 'node:path';
import type { z } from 'zod';
import type { Digest } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  type Edition,
  editionFolderName,
  editionPointerSchema,
  editionSchema,
} from '../model/edition.ts';
import type { Layout } from '../store/layout.ts';
import { servableVolumes } from './servable.ts';

/** One torrent to seed. */
export interface SeedItem {
  readonly kind: 'volume' | 'metadata';
  /** The torrent's name, which is the file's. */
  readonly fileName: string;
  readonly directory: string;
  readonly torrentFile: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly piecesRoot: Digest;
  readonly infohashV1: string;
  readonly infohashV2: Digest;
}

/** What a listing is made from. */
export interface SeedDeps {
  readonly disk: Disk;
  readonly ledger: Ledger;
  readonly layout: Layout;
}

/** The torrents of the newest edition, in the order of packing, then its metadata; none while nothing is published. */
export async function seedItems(deps: SeedDeps): Promise<SeedItem[]> {
  const number = newestEdition(deps);
  if (number === undefined) return [];
  const edition = readEdition(deps, number);
  const isServable = await servableVolumes(deps.ledger);
  const items: SeedItem[] = [];
  for (const volume of edition.volumes.toSorted((a, b) => a.order - b.order)) {
    if (!(await isServable(volume.name, volume.infohashV1))) continue;
    items.push({
      kind: 'volume',
      fileName: `${volume.name}.tar`,
      directory: deps.layout.volumes,
      torrentFile: path.join(deps.layout.root, volume.torrent),
      ...identityOf(volume),
    });
  }
  return [...items, ...edition.metadata.map((file) => metadataItem(deps, file))];
}

/**
 * The v1 infohashes that must not be seeded any more: of volumes as they were, and of the metadata of earlier
 * editions, each with the name of its file. None of them is in `items`.
 */
export async function supersededItems(
  deps: SeedDeps,
  items: readonly SeedItem[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const isServable = await servableVolumes(deps.ledger);
  for (const { name, infohashV1 } of await deps.ledger.volumes()) {
    for (const old of await deps.ledger.superseded(name)) found.set(old.infohashV1, `${name}.tar`);
    // Listed or not: what something is being withdrawn from goes before its bytes do. What was restored is itself again.
    if (await isServable(name, infohashV1)) found.delete(infohashV1);
    else found.set(infohashV1, `${name}.tar`);
  }
  const newest = newestEdition(deps);
  for (const { number } of await deps.ledger.editions())
    if (number !== newest)
      for (const { infohashV1, path: file } of readEdition(deps, number).metadata)
        found.set(infohashV1, path.basename(file));
  for (const { infohashV1 } of items) found.delete(infohashV1);
  return found;
}

/** The number that the one pointer gives, or undefined while nothing is published. Throws `EDITION_INVALID`. */
export function newestEdition({ disk, layout }: SeedDeps): number | undefined {
  const file = path.join(layout.editions, 'current.json');
  if (!disk.stat(file)) return undefined;
  return parse(editionPointerSchema, readWhole(disk, file), file).edition;
}

function readEdition({ disk, layout }: SeedDeps, number: number): Edition {
  const file = path.join(layout.editions, editionFolderName(number), 'edition.json');
  return parse(editionSchema, readWhole(disk, file), file);
}

function metadataItem({ layout }: SeedDeps, file: Edition['metadata'][number]): SeedItem {
  return {
    kind: 'metadata',
    fileName: path.basename(file.path),
    directory: path.join(layout.root, path.dirname(file.path)),
    torrentFile: path.join(layout.root, file.torrent),
    ...identityOf(file),
  };
}

type Identity = Pick<
  SeedItem,
  'sizeBytes' | 'pieceLengthBytes' | 'piecesRoot' | 'infohashV1' | 'infohashV2'
>;

function identityOf(listed: Identity): Identity {
  const { sizeBytes, pieceLengthBytes, piecesRoot, infohashV1, infohashV2 } = listed;
  return { sizeBytes, pieceLengthBytes, piecesRoot, infohashV1, infohashV2 };
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, file: string): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new FonotecaError('EDITION_INVALID', `${file}: ${messageOf(cause)}`, { cause });
  }
}
