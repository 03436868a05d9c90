/** `edition.json` read into what the verifier compares (docs/formats/edition.md). */
import {
  countField,
  type Fields,
  listField,
  objectField,
  requireFields,
  SHA256,
  textField,
  wrong,
} from './documents.ts';
import { editionFolder, type ListedFile, locate } from './files.ts';

/** A volume as an edition lists it. */
export interface ListedVolume {
  readonly name: string;
  readonly tier: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly piecesRoot: string;
  readonly infohashV1: string;
  readonly infohashV2: string;
  readonly pieceLengthBytes: number;
  readonly members: number;
  /** The edition that first listed it. */
  readonly added: number;
  /** Place in the order of packing. */
  readonly order: number;
  /** How many of the members are zeroed. */
  readonly withdrawn: number;
  readonly torrent: string;
  /** Torrents it had before, oldest first. */
  readonly superseded: readonly Superseded[];
}

/** A torrent that a volume had, and the last edition that listed it. */
export interface Superseded {
  readonly edition: number | null;
  readonly infohashV1: string;
  readonly infohashV2: string;
}

/** A file of metadata with a torrent of its own. */
export interface ListedMetadata {
  readonly path: string;
  readonly torrent: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly pieceLengthBytes: number;
  readonly piecesRoot: string;
  readonly infohashV1: string;
  readonly infohashV2: string;
}

/** Size and root (hex) of the log. */
export interface LogHead {
  readonly size: number;
  readonly root: string;
}

/** An edition as far as it is checked. */
export interface EditionShape {
  readonly number: number;
  readonly previous: string | null;
  readonly archiveId: string;
  readonly date: string;
  readonly stage: string;
  /** Lines of the documents, as it counts them. */
  readonly counts: { readonly tracks: number; readonly albums: number; readonly rights: number };
  /** Count of tombstones, and SHA-256 of the last line. */
  readonly tombstones: { readonly count: number; readonly head: string | null };
  readonly metadata: readonly ListedMetadata[];
  /** The log before the entry that tells of this edition. */
  readonly log: LogHead;
  readonly volumes: readonly ListedVolume[];
  readonly files: ReadonlyMap<string, ListedFile>;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const INFOHASH_V1 = /^[0-9a-f]{40}$/;
/** BEP 52 names no largest piece; no client takes a larger one. */
const MAX_PIECE_BYTES = 256 << 20;
const REQUIRED = [
  ...['addresses', 'archive', 'catalogue', 'date', 'files', 'format', 'mirrors', 'number'],
  ...['previous', 'rights', 'tombstones', 'volumes', 'log', 'stage', 'metadata'],
  'verifier',
];
const VOLUME_FIELDS = [
  ...['added', 'infohashV1', 'infohashV2', 'licences', 'members', 'name', 'pieceLengthBytes'],
  ...['piecesRoot', 'sha256', 'sizeBytes', 'tier', 'torrent', 'withdrawn', 'order', 'superseded'],
];
const METADATA_FIELDS = [
  ...['infohashV1', 'infohashV2', 'path', 'pieceLengthBytes', 'piecesRoot', 'sha256', 'sizeBytes'],
  ...['sources', 'torrent'],
];

/** The edition in `document`. Throws a `Problem` that names the field. */
export function readEdition(document: Fields): EditionShape {
  textField(document, 'format', /^fonoteca-edition\/1$/);
  requireFields(document, REQUIRED);
  const date = textField(document, 'date', INSTANT);
  const number = countField(document, 'number', 1);
  const previous = document.previous === null ? null : textField(document, 'previous', SHA256);
  const files = readFiles(document, number);
  const volumes = listField(document, 'volumes').map(readVolume);
  requireSorted(
    volumes.map(({ name }) => name),
    'volumes',
  );
  for (const volume of volumes) requireVolumeFiles(volume, files);
  const archive = objectField(document, 'archive');
  requireFields(archive, ['id', 'name'], ['contact', 'publicUrl']);
  const reference = (key: string, ...fields: string[]): Fields => {
    const told = objectField(document, key);
    requireFields(told, ['path', 'sha256', ...fields]);
    const path = editionPath(number, `${key}.jsonl`);
    if (told.path !== path || files.get(path)?.sha256 !== textField(told, 'sha256', SHA256))
      throw wrong(`${key} is not among the files`);
    return told;
  };
  const catalogue = reference('catalogue', 'albums', 'tracks');
  const rights = reference('rights', 'members');
  const tombstones = reference('tombstones', 'count', 'head');
  requireTool(textField(document, 'verifier'), files);
  return {
    number,
    previous,
    archiveId: textField(archive, 'id', /^[0-9A-F]{16}$/),
    date,
    stage: textField(document, 'stage', /^(?:metadata|audio|all)$/),
    log: readLogHead(objectField(document, 'log')),
    counts: {
      tracks: countField(catalogue, 'tracks'),
      albums: countField(catalogue, 'albums'),
      rights: countField(rights, 'members'),
    },
    tombstones: {
      count: countField(tombstones, 'count'),
      head: tombstones.head === null ? null : textField(tombstones, 'head', SHA256),
    },
    metadata: readMetadata(document, number, files),
    volumes,
    files,
  };
}

/** A head of the log as a document states it. Throws a `Problem`. */
export function readLogHead(fields: Fields): LogHead {
  requireFields(fields, ['root', 'size']);
  return { size: countField(fields, 'size'), root: textField(fields, 'root', SHA256) };
}

/** The path below the tree of file `name` of edition `number`. */
export function editionPath(number: number, name: string): string {
  return `editions/${editionFolder(number)}/${name}`;
}

/** The shipped verifier is named by its own digest, so that one that is kept is never another. */
function requireTool(path: string, files: ReadonlyMap<string, ListedFile>): void {
  const listed = files.get(path);
  if (!listed || path !== `editions/tools/verify-${listed.sha256.slice(0, 16)}.py`)
    throw wrong(`verifier is ${path.slice(0, 80)}`);
}

function readMetadata(
  document: Fields,
  number: number,
  files: ReadonlyMap<string, ListedFile>,
): ListedMetadata[] {
  const list = listField(document, 'metadata').map((fields): ListedMetadata => {
    requireFields(fields, METADATA_FIELDS);
    const sources = listField(fields, 'sources');
    if (sources.length === 0) throw wrong('metadata without sources');
    for (const source of sources) {
      requireFields(source, ['licence', 'name']);
      for (const key of ['licence', 'name']) textField(source, key, /./);
    }
    const path = textField(fields, 'path');
    const file = files.get(path);
    const sizeBytes = countField(fields, 'sizeBytes', 1);
    const sha256 = textField(fields, 'sha256', SHA256);
    const torrent = textField(fields, 'torrent');
    if (file?.sha256 !== sha256 || file.sizeBytes !== sizeBytes)
      throw wrong(`metadata ${path.slice(0, 80)} is not among the files`);
    if (torrent !== `${path}.torrent` || !files.has(torrent))
      throw wrong(`the torrent of metadata ${path.slice(0, 80)}`);
    return { path, torrent, sizeBytes, sha256, ...readTorrentFields(fields) };
  });
  const paths = list.map(({ path }) => path);
  requireSorted(paths, 'metadata');
  for (const name of ['albums.jsonl', 'catalogue.jsonl', 'rights.jsonl']) {
    const path = editionPath(number, name);
    if ((files.get(path)?.sizeBytes ?? 0) > 0 && !paths.includes(path))
      throw wrong(`metadata without ${name}`);
  }
  return list;
}

function readTorrentFields(
  fields: Fields,
): Pick<ListedVolume, 'infohashV1' | 'infohashV2' | 'piecesRoot' | 'pieceLengthBytes'> {
  const pieceLengthBytes = countField(fields, 'pieceLengthBytes', 16384);
  if (!Number.isInteger(Math.log2(pieceLengthBytes)) || pieceLengthBytes > MAX_PIECE_BYTES)
    throw wrong(`pieceLengthBytes is ${pieceLengthBytes}`);
  return {
    infohashV1: textField(fields, 'infohashV1', INFOHASH_V1),
    infohashV2: textField(fields, 'infohashV2', SHA256),
    piecesRoot: textField(fields, 'piecesRoot', SHA256),
    pieceLengthBytes,
  };
}

function readVolume(fields: Fields): ListedVolume {
  requireFields(fields, VOLUME_FIELDS);
  const added = objectField(fields, 'added');
  requireFields(added, ['date', 'edition']);
  textField(added, 'date', INSTANT);
  for (const licence of listField(fields, 'licences')) {
    requireFields(licence, ['licence', 'members']);
    if (licence.licence !== null) textField(licence, 'licence');
    countField(licence, 'members');
  }
  return {
    name: textField(fields, 'name', /^(?:original|opus)-[0-9a-f]{16}$/),
    tier: textField(fields, 'tier', /^(?:original|opus)$/),
    sizeBytes: countField(fields, 'sizeBytes', 1),
    sha256: textField(fields, 'sha256', SHA256),
    ...readTorrentFields(fields),
    members: countField(fields, 'members', 1),
    added: countField(added, 'edition', 1),
    order: countField(fields, 'order', 1),
    withdrawn: countField(fields, 'withdrawn'),
    torrent: textField(fields, 'torrent', /\.torrent$/),
    superseded: listField(fields, 'superseded').map(readSuperseded),
  };
}

function readSuperseded(fields: Fields): Superseded {
  requireFields(fields, ['edition', 'infohashV1', 'infohashV2']);
  return {
    edition: fields.edition === null ? null : countField(fields, 'edition', 1),
    infohashV1: textField(fields, 'infohashV1', INFOHASH_V1),
    infohashV2: textField(fields, 'infohashV2', SHA256),
  };
}

function readFiles(document: Fields, number: number): Map<string, ListedFile> {
  const files = new Map<string, ListedFile>();
  const own = editionPath(number, '');
  const nowhere = { editions: '', volumes: '' };
  const listed = listField(document, 'files').map(
    (fields): ListedFile => ({
      path: textField(fields, 'path'),
      sizeBytes: countField(fields, 'sizeBytes'),
      sha256: textField(fields, 'sha256', SHA256),
    }),
  );
  for (const fields of listField(document, 'files'))
    requireFields(fields, ['path', 'sha256', 'sizeBytes']);
  requireSorted(
    listed.map(({ path }) => path),
    'files',
  );
  for (const file of listed) {
    const inside = file.path.startsWith(own) || !/^editions\/\d/.test(file.path);
    if (!inside || locate(nowhere, file.path) === undefined)
      throw wrong(`files lists ${file.path.slice(0, 80)}`);
    files.set(file.path, file);
  }
  return files;
}

function requireVolumeFiles(volume: ListedVolume, files: ReadonlyMap<string, ListedFile>): void {
  const { name, torrent } = volume;
  const tar = files.get(`volumes/${name}.tar`);
  const agree = tar?.sha256 === volume.sha256 && tar.sizeBytes === volume.sizeBytes;
  if (!agree || !files.has(`volumes/${name}.leaves`) || !files.has(torrent))
    throw wrong(`the files of volume ${name}`);
  if (!torrent.endsWith(`/${name}.torrent`) || volume.tier !== name.slice(0, name.indexOf('-')))
    throw wrong(`the torrent or tier of volume ${name}`);
}

function requireSorted(texts: readonly string[], what: string): void {
  for (const [at, text] of texts.entries()) {
    const before = texts[at - 1];
    if (before !== undefined && Buffer.compare(Buffer.from(before), Buffer.from(text)) >= 0)
      throw wrong(`${what} are not sorted`);
  }
}
