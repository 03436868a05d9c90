/**
 * Puts an edition together: every document of its folder as text, and edition.json over all of them.
 *
 * The same material, key and date give the same bytes, whatever the order in which things came (docs/formats/edition.md).
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { compareBytes } from '../base/safe-path.ts';
import { keyIdText, publicKeyBase64, signMinisign } from '../formats/minisign.ts';
import {
  documentText,
  type Edition,
  type EditionFile,
  type EditionKeys,
  type EditionVolume,
  editionFilePath,
  editionSchema,
  type RightsLine,
  TRUSTED_COMMENTS,
} from '../model/edition.ts';
import type { Announce } from './announce-torrent.ts';
import type { PublishedCatalogue } from './catalogue-lines.ts';
import {
  feedText,
  type ListingSource,
  magnetsText,
  readmeText,
  sumsText,
  torrentsText,
} from './edition-listings.ts';
import type { PlannedTorrent } from './plan-torrents.ts';
import type { PublishDeps } from './publish-deps.ts';
import { ownAddresses } from './publish-settings.ts';
import { digestFile, digestText } from './small-files.ts';

/** What an edition is made from. */
export interface EditionMaterial {
  readonly number: number;
  readonly date: string;
  readonly previous: Digest | null;
  readonly last: Edition | undefined;
  readonly announce: Announce;
  readonly rights: readonly RightsLine[];
  readonly catalogue: PublishedCatalogue;
  readonly volumes: readonly EditionVolume[];
  readonly torrents: readonly PlannedTorrent[];
}

/** An edition before it is signed. */
export interface BuiltEdition {
  readonly edition: Edition;
  /** edition.json as text. */
  readonly json: string;
  /** The other files of its folder, by name. */
  readonly contents: ReadonlyMap<string, string>;
}

/** The edition made from `material`. Reads the leaves of volumes that the last edition did not list; writes nothing. */
export function buildEdition(deps: PublishDeps, material: EditionMaterial): BuiltEdition {
  const { number, date, catalogue, rights } = material;
  const archive = archiveOf(deps);
  const contents = documentsOf(deps, material, {
    ...material,
    archive,
    tracks: catalogue.tracks.length,
  });
  const digestOf = (name: string) => digestText(contents.get(name)!).sha256;
  const own = () =>
    [...contents].map(([name, text]) => ({
      path: editionFilePath(number, name),
      ...digestText(text),
    }));
  const shared = sharedFiles(deps, material);
  contents.set('SHA256SUMS', sumsText(sorted([...own(), ...shared])));
  const reference = (name: string) => ({
    path: editionFilePath(number, name),
    sha256: digestOf(name),
  });
  const edition: Edition = {
    format: 'fonoteca-edition/1',
    number,
    previous: material.previous,
    date,
    stage: 'all',
    archive,
    catalogue: {
      ...reference('catalogue.jsonl'),
      tracks: catalogue.tracks.length,
      albums: catalogue.albums.length,
    },
    volumes: [...material.volumes],
    rights: { ...reference('rights.jsonl'), members: rights.length },
    tombstones: { ...reference('tombstones.jsonl'), count: 0, head: null },
    metadata: [],
    addresses: ownAddresses(deps.settings),
    mirrors: [...deps.settings.mirrors],
    files: sorted([...own(), ...shared]),
  };
  return { edition, json: documentText(editionSchema.parse(edition)), contents };
}

/** Who publishes; an address or contact that is not set is absent. */
function archiveOf({ settings, secretKey }: PublishDeps): Edition['archive'] {
  const { name, publicUrl, contact } = settings;
  return {
    id: keyIdText(secretKey.publicKey),
    name: name.toWellFormed(),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(contact === undefined ? {} : { contact }),
  };
}

function documentsOf(
  { secretKey }: PublishDeps,
  { catalogue, rights }: EditionMaterial,
  source: ListingSource,
): Map<string, string> {
  const id = keyIdText(secretKey.publicKey);
  const publicKey = publicKeyBase64(secretKey.publicKey);
  const signers: EditionKeys = {
    format: 'fonoteca-keys/1',
    threshold: 1,
    keys: [{ id, publicKey }],
    roles: { edition: [id], timestamp: [id] },
  };
  const keys = documentText(signers);
  return new Map([
    ['keys.json', keys],
    ['keys.json.minisig', signMinisign(secretKey, keys, TRUSTED_COMMENTS.keys)],
    ['catalogue.jsonl', catalogue.tracks.map(documentText).join('')],
    ['albums.jsonl', catalogue.albums.map(documentText).join('')],
    ['rights.jsonl', rights.map(documentText).join('')],
    ['tombstones.jsonl', ''],
    ['torrents.json', torrentsText(source)],
    ['magnets.txt', magnetsText(source)],
    ['feed.atom', feedText(source)],
    ['README.txt', readmeText(source, publicKey)],
  ]);
}

/** The tars, torrents and leaves. A volume's tar and leaves never change, so what the last edition listed is listed again. */
function sharedFiles(
  { disk, directories }: PublishDeps,
  { volumes, torrents, last }: EditionMaterial,
): EditionFile[] {
  const known = new Map(last?.files.map((file) => [file.path, file]));
  const files: EditionFile[] = torrents.map(({ file }) => file);
  for (const { name, sizeBytes, sha256 } of volumes) {
    const leaves = `volumes/${name}.leaves`;
    const place = path.join(directories.volumes, `${name}.leaves`);
    files.push({ path: `volumes/${name}.tar`, sizeBytes, sha256 });
    files.push(known.get(leaves) ?? { path: leaves, ...digestFile(disk, place) });
  }
  return files;
}

function sorted(files: readonly EditionFile[]): EditionFile[] {
  return [...files].sort((a, b) => compareBytes(a.path, b.path));
}
