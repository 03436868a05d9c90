/** Editions as pages show them: what was published, read from the published documents themselves. */
import { z } from 'zod';
import { type Edition, type EditionVolume, editionFilePath } from '../model/edition.ts';
import type { EditionsView, EditionView } from './edition-views.ts';
import type { PublishedTree } from './published-tree.ts';

/** Editions on one page, newest first. */
const EDITIONS_ON_PAGE = 50;
/** Volumes on one page, the most asked for first. */
const VOLUMES_ON_PAGE = 100;
const EDITION_DOCUMENTS = ['edition.json', 'edition.json.minisig'] as const;

const linked = z.array(z.object({ name: z.string(), magnet: z.string() }));
const torrentsSchema = z.object({
  torrents: linked,
  metadata: z.array(z.object({ path: z.string(), magnet: z.string() })).default([]),
});

/** Magnet links by volume name and by path of metadata. */
type Magnets = ReadonlyMap<string, string>;
type Card = EditionsView['editions'][number];

/** The pages of editions. */
export interface EditionPages {
  /** Editions with a number below `cursor`, newest first. */
  list(cursor: string | null): Promise<EditionsView>;
  /** Edition `number` with the volumes behind the order `cursor`, or undefined when there is none. */
  page(number: number, cursor: string | null): Promise<EditionView | undefined>;
}

/**
 * The pages of the editions in `tree`. An edition never changes, so its card and its magnet links are read once: at a
 * hundred thousand volumes they are some hundred megabytes of JSON. Memory: a card an edition, the links of one edition.
 */
export function openEditionPages(tree: PublishedTree): EditionPages {
  const cards = new Map<string, Card>();
  let links: { sha256: string; magnets: Promise<Magnets> } | undefined;
  const magnetsOf = (number: number, sha256: string): Promise<Magnets> => {
    if (links?.sha256 !== sha256) {
      const magnets = readMagnets(tree, number);
      links = { sha256, magnets };
      magnets.catch(() => {
        links = undefined;
      });
    }
    return links.magnets;
  };
  const cardOf = async (number: number, sha256: string): Promise<Card | undefined> => {
    const known = cards.get(sha256);
    if (known) return known;
    const edition = await tree.edition(number);
    if (!edition) return undefined;
    const card = makeCard(edition, sha256);
    cards.set(sha256, card);
    return card;
  };
  return {
    list: async (cursor) => {
      const before = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor);
      const older = (await tree.rows()).filter(({ number }) => number < before).reverse();
      const rows = older.slice(0, EDITIONS_ON_PAGE);
      const found = await Promise.all(rows.map(({ number, sha256 }) => cardOf(number, sha256)));
      return {
        editions: found.filter((card) => card !== undefined),
        nextCursor: older.length > rows.length ? String(rows.at(-1)!.number) : null,
      };
    },
    page: async (number, cursor) => {
      const row = (await tree.rows()).find((one) => one.number === number);
      const edition = row && (await tree.edition(number));
      const card = row && (await cardOf(number, row.sha256));
      if (!edition || !card) return undefined;
      return makePage(
        tree,
        { edition, card, magnets: await magnetsOf(number, row.sha256) },
        cursor,
      );
    },
  };
}

/** Published files by licence, most common first, as the latest edition counts them. */
export async function licencesOf(
  tree: PublishedTree,
): Promise<{ id: string | null; files: number }[]> {
  const latest = (await tree.rows()).at(-1);
  const edition = latest && (await tree.edition(latest.number));
  const counts = new Map<string | null, number>();
  for (const { licence, members } of edition?.volumes.flatMap(({ licences }) => licences) ?? [])
    counts.set(licence, (counts.get(licence) ?? 0) + members);
  return [...counts]
    .map(([id, files]) => ({ id, files }))
    .sort((a, b) => b.files - a.files || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
}

function makeCard(edition: Edition, sha256: string): Card {
  return {
    number: edition.number,
    at: edition.date,
    sha256,
    stage: edition.stage,
    volumeCount: edition.volumes.length,
    sizeBytes: edition.volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

async function makePage(
  tree: PublishedTree,
  { edition, card, magnets }: { edition: Edition; card: Card; magnets: Magnets },
  cursor: string | null,
): Promise<EditionView> {
  const folder = editionFilePath(edition.number, '');
  const behind = edition.volumes
    .filter(({ order }) => order > Number(cursor ?? 0))
    .sort((a, b) => a.order - b.order);
  const shown = behind.slice(0, VOLUMES_ON_PAGE);
  return {
    ...card,
    volumes: shown.map((volume) => volumeView(volume, magnets)),
    nextCursor: behind.length > shown.length ? String(shown.at(-1)!.order) : null,
    metadata: edition.metadata.map(({ path, torrent, sizeBytes, infohashV1, sources }) => ({
      ...{ path, torrent, sizeBytes, infohashV1 },
      magnet: magnets.get(path) ?? `magnet:?xt=urn:btih:${infohashV1}`,
      licences: [...new Set(sources.map(({ licence }) => licence))],
    })),
    tombstoneCount: edition.tombstones.count,
    files: [
      ...(await documentsOf(tree, edition.number)),
      ...edition.files.filter((file) => file.path.startsWith(folder)),
    ],
  };
}

function volumeView(volume: EditionVolume, magnets: Magnets): EditionView['volumes'][number] {
  return {
    name: volume.name,
    tier: volume.tier,
    sizeBytes: volume.sizeBytes,
    memberCount: volume.members,
    digest: volume.sha256,
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    magnet: magnets.get(volume.name) ?? `magnet:?xt=urn:btih:${volume.infohashV1}`,
    torrent: volume.torrent,
    order: volume.order,
    withdrawnCount: volume.withdrawn,
    superseded: volume.superseded,
  };
}

/** The edition and its signature, which it cannot list itself. */
async function documentsOf(tree: PublishedTree, number: number): Promise<EditionView['files']> {
  const files: EditionView['files'] = [];
  for (const name of EDITION_DOCUMENTS) {
    const path = editionFilePath(number, name) as Parameters<PublishedTree['open']>[0];
    const file = await tree.open(path);
    if (file) files.push({ path, sizeBytes: file.sizeBytes, sha256: file.identity });
  }
  return files;
}

async function readMagnets(tree: PublishedTree, number: number): Promise<Magnets> {
  const text = await tree.document(number, 'torrents.json');
  if (!text) return new Map();
  const { torrents, metadata } = torrentsSchema.parse(JSON.parse(text.toString('utf8')));
  return new Map([
    ...torrents.map(({ name, magnet }): [string, string] => [name, magnet]),
    ...metadata.map(({ path, magnet }): [string, string] => [path, magnet]),
  ]);
}
