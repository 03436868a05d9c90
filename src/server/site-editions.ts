/** Editions as pages show them: what was published, read from the published documents themselves. */
import { z } from 'zod';
import { type Edition, editionFilePath } from '../model/edition.ts';
import type { PublishedTree } from './published-tree.ts';
import type { EditionsView, EditionView } from './views.ts';

/** Most editions on one page, newest first. */
const MAX_EDITIONS = 200;
const EDITION_DOCUMENTS = ['edition.json', 'edition.json.minisig'] as const;

const torrentsSchema = z.object({
  torrents: z.array(z.object({ name: z.string(), magnet: z.string() })),
});

/** The list of editions, newest first. */
export async function editionsView(tree: PublishedTree): Promise<EditionsView> {
  const editions: EditionsView['editions'] = [];
  for (const row of (await tree.rows()).slice(-MAX_EDITIONS).reverse()) {
    const edition = await tree.edition(row.number);
    if (edition) editions.push(cardOf(edition, row.sha256));
  }
  return { editions };
}

/** The page of edition `number`, or undefined when there is none. */
export async function editionView(
  tree: PublishedTree,
  number: number,
): Promise<EditionView | undefined> {
  const row = (await tree.rows()).find((one) => one.number === number);
  const edition = await tree.edition(number);
  if (!row || !edition) return undefined;
  const magnets = await magnetsOf(tree, number);
  const folder = editionFilePath(number, '');
  return {
    ...cardOf(edition, row.sha256),
    volumes: edition.volumes.map((volume) => ({
      name: volume.name,
      tier: volume.tier,
      sizeBytes: volume.sizeBytes,
      memberCount: volume.members,
      digest: volume.sha256,
      infohashV1: volume.infohashV1,
      infohashV2: volume.infohashV2,
      magnet: magnets.get(volume.name) ?? `magnet:?xt=urn:btih:${volume.infohashV1}`,
      torrent: volume.torrent,
    })),
    files: [
      ...(await documentsOf(tree, number)),
      ...edition.files.filter((file) => file.path.startsWith(folder)),
    ],
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

function cardOf(edition: Edition, sha256: string): EditionsView['editions'][number] {
  return {
    number: edition.number,
    at: edition.date,
    sha256,
    volumeCount: edition.volumes.length,
    sizeBytes: edition.volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
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

async function magnetsOf(
  tree: PublishedTree,
  number: number,
): Promise<ReadonlyMap<string, string>> {
  const text = await tree.document(number, 'torrents.json');
  if (!text) return new Map();
  const { torrents } = torrentsSchema.parse(JSON.parse(text.toString('utf8')));
  return new Map(torrents.map(({ name, magnet }) => [name, magnet]));
}
