/**
 * Puts an edition together: every document of its folder as text, and edition.json over all of them.
 *
 * The same material, key and date give the same bytes, whatever the order in which things came (docs/formats/edition.md).
 */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Digest, sha256 } from '../base/digest.ts';
import { compareBytes } from '../base/safe-path.ts';
import { publicKeyBase64 } from '../formats/minisign.ts';
import {
  documentText,
  type Edition,
  type EditionFile,
  type EditionKeys,
  type EditionStage,
  type EditionVolume,
  editionFilePath,
  editionSchema,
  type RightsLine,
  TRUSTED_COMMENTS,
} from '../model/edition.ts';
import type { Announce } from './announce-torrent.ts';
import type { PublishedCatalogue } from './catalogue-lines.ts';
import { atomText, metalinkText, rssText } from './edition-feeds.ts';
import {
  type ListingSource,
  magnetsText,
  readmeText,
  sumsText,
  torrentsText,
} from './edition-listings.ts';
import { editionKeyOf } from './keys-document.ts';
import { type EditionSigners, signatureFiles } from './keys-signing.ts';
import { linesOfText } from './log-history.ts';
import { headBeforePublished } from './log-state.ts';
import {
  type HashedMetadata,
  hashMetadata,
  listedMetadata,
  METADATA_TORRENT,
  metadataTorrent,
} from './metadata-files.ts';
import type { PlannedTorrent } from './plan-torrents.ts';
import type { PublishDeps } from './publish-deps.ts';
import { ownAddresses } from './publish-settings.ts';
import { verifierFile } from './shipped-verifier.ts';
import { digestFile, digestText } from './small-files.ts';

/** What an edition is made from. */
export interface EditionMaterial {
  readonly number: number;
  readonly date: string;
  readonly stage: EditionStage;
  /** Id of the archive: that of its first key, whichever signs today. */
  readonly archiveId: string;
  readonly keys: EditionKeys;
  readonly signers: EditionSigners;
  readonly previous: Digest | null;
  readonly last: Edition | undefined;
  readonly announce: Announce;
  readonly rights: readonly RightsLine[];
  readonly catalogue: PublishedCatalogue;
  readonly volumes: readonly EditionVolume[];
  readonly torrents: readonly PlannedTorrent[];
  /** The lines of tombstones.jsonl, newlines included. */
  readonly tombstones: readonly string[];
  /** The verifier to ship. */
  readonly verifier: Uint8Array;
}

/** An edition before it is signed. */
export interface BuiltEdition {
  readonly edition: Edition;
  /** edition.json as text. */
  readonly json: string;
  /** The other files of its folder, by name. */
  readonly contents: ReadonlyMap<string, string | Uint8Array>;
  /** The files that have a torrent of their own. */
  readonly metadata: readonly HashedMetadata[];
  /** The verifier it ships. */
  readonly verifier: Uint8Array;
}

/** The documents with a torrent of their own, where they are not empty; sorted. */
const METADATA = ['albums.jsonl', 'catalogue.jsonl', 'rights.jsonl'];

/** The edition made from `material`. Reads the leaves of volumes that the last edition did not list; writes nothing. */
export function buildEdition(deps: PublishDeps, material: EditionMaterial): BuiltEdition {
  const { number, date, catalogue, rights, tombstones } = material;
  const contents = documentsOf(material);
  const torrentBytes = new Map(material.torrents.map(({ file }) => [file.path, file.sizeBytes]));
  const hashed = hashedMetadata(deps, number, contents);
  const metadata = hashed.map((file) => {
    const torrent = metadataTorrent(file, material.announce);
    contents.set(`${path.posix.basename(file.path)}${METADATA_TORRENT}`, torrent.bytes);
    torrentBytes.set(`${file.path}${METADATA_TORRENT}`, torrent.bytes.length);
    return listedMetadata(file, torrent);
  });
  const archive = archiveOf(deps, material.archiveId);
  addListings(contents, readerKey(material), {
    ...{ number, date, archive, metadata, announce: material.announce },
    volumes: material.volumes,
    torrentBytes,
    tracks: catalogue.tracks.length,
    verifier: verifierFile(material.verifier).path,
  });
  const files = listFiles(deps, material, contents);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reference = (name: string) => {
    const path = editionFilePath(number, name);
    return { path, sha256: byPath.get(path)!.sha256 };
  };
  const edition: Edition = {
    format: 'fonoteca-edition/1',
    number,
    previous: material.previous,
    date,
    stage: material.stage,
    archive,
    catalogue: {
      ...reference('catalogue.jsonl'),
      tracks: catalogue.tracks.length,
      albums: catalogue.albums.length,
    },
    volumes: [...material.volumes],
    rights: { ...reference('rights.jsonl'), members: rights.length },
    tombstones: {
      ...reference('tombstones.jsonl'),
      count: tombstones.length,
      head: tombstones.length > 0 ? sha256(tombstones.at(-1)!) : null,
    },
    log: logOf(deps, material, files, contents),
    metadata,
    verifier: verifierFile(material.verifier).path,
    addresses: ownAddresses(deps.settings),
    mirrors: [...deps.settings.mirrors],
    files,
  };
  return {
    edition,
    json: documentText(editionSchema.parse(edition)),
    contents,
    metadata: hashed,
    verifier: material.verifier,
  };
}

/** What the edition states of the log: it is made from documents that are all there by now. */
function logOf(
  deps: PublishDeps,
  { number, last, previous }: EditionMaterial,
  files: readonly EditionFile[],
  contents: ReadonlyMap<string, string | Uint8Array>,
): Edition['log'] {
  const digestOf = (name: string) =>
    files.find((file) => file.path === editionFilePath(number, name))!.sha256;
  const linesOf = (name: string) => linesOfText(digestOf(name), contents.get(name)!.toString());
  const before = last && previous ? { edition: last, sha256: previous } : undefined;
  return headBeforePublished(deps, before, {
    number,
    keys: digestOf('keys.json'),
    tombstones: linesOf('tombstones.jsonl'),
    rights: linesOf('rights.jsonl'),
  });
}

/** Files that say when an edition was made or where its own folder is, or are made of those that do. */
const DATED =
  /^(?:README\.txt|keys\.json(?:\.[0-9A-F]{16})?\.minisig|SHA256SUMS|feed\.atom|feed\.rss|torrents\.json|magnets\.txt|.*\.jsonl\.torrent)$/;

/**
 * Whether `built` says the same of the archive, its volumes and its files as `last`; numbers, dates and stages apart.
 * What the dated files say beside that are the addresses, and those of `announce` are held against last's own torrents.
 */
export function sameContent(last: Edition, built: BuiltEdition, announce: Announce): boolean {
  if (!isDeepStrictEqual(contentOf(last), contentOf(built.edition))) return false;
  const listed = new Map(last.files.map(({ path, sha256 }) => [path, sha256]));
  return built.metadata.every((file) => {
    const before = editionFilePath(last.number, path.posix.basename(file.path));
    const torrent = metadataTorrent({ ...file, path: before }, announce);
    return listed.get(`${before}${METADATA_TORRENT}`) === sha256(torrent.bytes);
  });
}

function contentOf(edition: Edition): unknown {
  const { number, archive, volumes, addresses, mirrors, files, metadata } = edition;
  const own = editionFilePath(number, '');
  const undated = files.flatMap(({ path, sha256 }) => {
    const name = path.startsWith(own) ? path.slice(own.length) : path;
    return DATED.test(name) ? [] : [name, sha256];
  });
  const sources = metadata.map((file) => [file.path.slice(own.length), file.sources]);
  return [archive, volumes, addresses, mirrors, undated, sources];
}

/** Who publishes; an address or contact that is not set is absent. */
function archiveOf({ settings }: PublishDeps, id: string): Edition['archive'] {
  const { name, publicUrl, contact } = settings;
  return {
    id,
    name: name.toWellFormed(),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(contact === undefined ? {} : { contact }),
  };
}

/** The documents that tell what there is, each as text. */
function documentsOf({
  number,
  previous,
  catalogue,
  rights,
  tombstones,
  keys,
  signers,
}: EditionMaterial): Map<string, string | Uint8Array> {
  const text = documentText(keys);
  const signed = { name: 'keys.json', text, comment: TRUSTED_COMMENTS.keys(number, previous) };
  return new Map([
    ['keys.json', text],
    ...signatureFiles(signed, signers.keys),
    ['catalogue.jsonl', catalogue.tracks.map(documentText).join('')],
    ['albums.jsonl', catalogue.albums.map(documentText).join('')],
    ['rights.jsonl', rights.map(documentText).join('')],
    ['tombstones.jsonl', tombstones.join('')],
  ]);
}

function hashedMetadata(
  { settings }: PublishDeps,
  number: number,
  contents: ReadonlyMap<string, string | Uint8Array>,
): HashedMetadata[] {
  const sources = [{ name: settings.name.toWellFormed(), licence: settings.metadataLicence }];
  return METADATA.flatMap((name) => {
    const content = contents.get(name)!;
    if (content.length === 0) return [];
    return [hashMetadata(editionFilePath(number, name), content, sources)];
  });
}

/** The key whose signature is the plain `.minisig`, so that what README.txt says can be done with minisign alone. */
function readerKey({ keys, signers }: EditionMaterial): string {
  const [first] = signers.edition;
  return first ? publicKeyBase64(first.publicKey) : editionKeyOf(keys);
}

/** Adds the listings that tell where to fetch it all. */
function addListings(
  contents: Map<string, string | Uint8Array>,
  publicKey: string,
  source: ListingSource,
): void {
  contents.set('torrents.json', torrentsText(source));
  contents.set('magnets.txt', magnetsText(source));
  contents.set('feed.atom', atomText(source));
  contents.set('feed.rss', rssText(source));
  contents.set('volumes.meta4', metalinkText(source));
  contents.set('README.txt', readmeText(source, publicKey));
}

/** Every published file; adds SHA256SUMS to `contents`. */
function listFiles(
  deps: PublishDeps,
  material: EditionMaterial,
  contents: Map<string, string | Uint8Array>,
): EditionFile[] {
  const own = [...contents].map(([name, content]) => fileOf(material.number, name, content));
  const files = sorted([...own, verifierFile(material.verifier), ...sharedFiles(deps, material)]);
  const sums = sumsText(files);
  contents.set('SHA256SUMS', sums);
  return sorted([...files, fileOf(material.number, 'SHA256SUMS', sums)]);
}

function fileOf(number: number, name: string, content: string | Uint8Array): EditionFile {
  return { path: editionFilePath(number, name), ...digestText(content) };
}

/** The tars, torrents and leaves. The leaves of a volume change only with its tar; what the last edition listed is listed again. */
function sharedFiles(
  { disk, directories }: PublishDeps,
  { volumes, torrents, last }: EditionMaterial,
): EditionFile[] {
  const known = new Map(last?.files.map((file) => [file.path, file]));
  const before = new Map(last?.volumes.map((volume) => [volume.name, volume.sha256]));
  const files: EditionFile[] = torrents.map(({ file }) => file);
  for (const { name, sizeBytes, sha256 } of volumes) {
    const leaves = `volumes/${name}.leaves`;
    const place = path.join(directories.volumes, `${name}.leaves`);
    files.push({ path: `volumes/${name}.tar`, sizeBytes, sha256 });
    const unchanged = before.get(name) === sha256 ? known.get(leaves) : undefined;
    files.push(unchanged ?? { path: leaves, ...digestFile(disk, place) });
  }
  return files;
}

function sorted(files: readonly EditionFile[]): EditionFile[] {
  return [...files].sort((a, b) => compareBytes(a.path, b.path));
}
