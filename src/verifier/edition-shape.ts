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
  /** The log before the entry that tells of this edition. */
  readonly log: LogHead | undefined;
  readonly volumes: readonly ListedVolume[];
  readonly files: ReadonlyMap<string, ListedFile>;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const REQUIRED = [
  ...['addresses', 'archive', 'catalogue', 'date', 'files', 'format', 'mirrors', 'number'],
  ...['previous', 'rights', 'tombstones', 'volumes'],
];
const VOLUME_FIELDS = [
  ...['added', 'infohashV1', 'infohashV2', 'licences', 'members', 'name', 'pieceLengthBytes'],
  ...['piecesRoot', 'sha256', 'sizeBytes', 'tier', 'torrent'],
];

/** The edition in `document`. Throws a `Problem` that names the field. */
export function readEdition(document: Fields): EditionShape {
  textField(document, 'format', /^fonoteca-edition\/1$/);
  requireFields(document, REQUIRED, ['log', 'stage', 'metadata', 'verifier']);
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
  for (const key of ['catalogue', 'rights', 'tombstones']) {
    const reference = objectField(document, key);
    const path = textField(reference, 'path');
    if (files.get(path)?.sha256 !== textField(reference, 'sha256', SHA256))
      throw wrong(`${key} is not among the files`);
  }
  const archive = objectField(document, 'archive');
  return {
    number,
    previous,
    archiveId: textField(archive, 'id', /^[0-9A-F]{16}$/),
    date,
    log: document.log === undefined ? undefined : readLogHead(objectField(document, 'log')),
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

function readVolume(fields: Fields): ListedVolume {
  requireFields(fields, VOLUME_FIELDS, ['withdrawn', 'order', 'superseded']);
  return {
    name: textField(fields, 'name', /^(?:original|opus)-[0-9a-f]{16}$/),
    tier: textField(fields, 'tier', /^(?:original|opus)$/),
    sizeBytes: countField(fields, 'sizeBytes', 1),
    sha256: textField(fields, 'sha256', SHA256),
    piecesRoot: textField(fields, 'piecesRoot', SHA256),
    infohashV1: textField(fields, 'infohashV1', /^[0-9a-f]{40}$/),
    infohashV2: textField(fields, 'infohashV2', SHA256),
    pieceLengthBytes: countField(fields, 'pieceLengthBytes', 16384),
    members: countField(fields, 'members', 1),
    withdrawn: fields.withdrawn === undefined ? 0 : countField(fields, 'withdrawn'),
    torrent: textField(fields, 'torrent', /\.torrent$/),
    superseded:
      fields.superseded === undefined ? [] : listField(fields, 'superseded').map(readSuperseded),
  };
}

function readSuperseded(fields: Fields): Superseded {
  requireFields(fields, ['edition', 'infohashV1', 'infohashV2']);
  return {
    edition: fields.edition === null ? null : countField(fields, 'edition', 1),
    infohashV1: textField(fields, 'infohashV1', /^[0-9a-f]{40}$/),
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
