/**
 * An edition: a published, signed, numbered state of an archive, as the documents that make it up.
 *
 * Every document is canonical JSON and a newline; lists are sorted by bytes. Specified in docs/formats/edition.md and
 * docs/formats/keys.md.
 */
import { z } from 'zod';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import type { Digest } from '../base/digest.ts';
import { popularitySchema } from './description.ts';
import { digestSchema } from './digest-schema.ts';
import { TIERS } from './holding.ts';
import { VOLUME_NAME } from './volume.ts';

const count = z.number().int().nonnegative();
const number = z.number().int().positive().max(999_999_999);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const infohashV1 = z.string().regex(/^[0-9a-f]{40}$/);

/** The id of an archive: the id of its key as minisign prints it. */
const ARCHIVE_ID: RegExp = /^[0-9A-F]{16}$/;

/** How many members carry which licence; null where a permission was recorded without a licence. */
const licenceCountSchema = z.strictObject({
  licence: z.string().nullable(),
  members: count,
});

/** A torrent that a volume had, and the last edition that listed it; null when none did. */
const supersededSchema = z.strictObject({
  edition: number.nullable(),
  infohashV1,
  infohashV2: digestSchema,
});

/** A volume as an edition lists it. */
export const editionVolumeSchema = z.strictObject({
  name: z.string().regex(VOLUME_NAME),
  tier: z.enum(TIERS),
  sizeBytes: z.number().int().positive(),
  /** SHA-256 of the tar. */
  sha256: digestSchema,
  piecesRoot: digestSchema,
  infohashV1,
  infohashV2: digestSchema,
  pieceLengthBytes: z.number().int().positive(),
  /** Members, those withdrawn included. */
  members: z.number().int().positive(),
  /** How many of the members are withdrawn: zeros in their place. */
  withdrawn: count,
  /** From 1, in the order of packing: the most asked for first. */
  order: z.number().int().positive(),
  /** Sorted by licence, null first; members withdrawn are not counted. */
  licences: z.array(licenceCountSchema),
  /** Path of the torrent below the published tree. */
  torrent: z.string(),
  /** The edition that first had it, and its date. */
  added: z.strictObject({ edition: number, date: instant }),
  /** The torrents it had before something in it was withdrawn or restored, oldest first. */
  superseded: z.array(supersededSchema),
});
/** A volume as an edition lists it. */
export type EditionVolume = z.infer<typeof editionVolumeSchema>;

/** A published file: its path below the published tree, size and SHA-256. */
export const editionFileSchema = z.strictObject({
  path: z.string().max(200),
  sizeBytes: count,
  sha256: digestSchema,
});
/** A published file. */
export type EditionFile = z.infer<typeof editionFileSchema>;

/** A file of metadata with a torrent of its own: opened in place, so nobody keeps it twice. */
const editionMetadataSchema = z.strictObject({
  path: z.string().max(200),
  /** Path of its torrent below the published tree, beside the file. */
  torrent: z.string().max(200),
  sizeBytes: z.number().int().positive(),
  sha256: digestSchema,
  pieceLengthBytes: z.number().int().positive(),
  piecesRoot: digestSchema,
  infohashV1,
  infohashV2: digestSchema,
  /** What it was made from, and under which licence (SPDX id) each may be used. */
  sources: z.array(z.strictObject({ name: z.string().min(1), licence: z.string().min(1) })).min(1),
});
/** A file of metadata with a torrent of its own. */
export type EditionMetadata = z.infer<typeof editionMetadataSchema>;

/** How much an edition lists: no volume that was not there before, some of the volumes, or all. */
export const EDITION_STAGES = ['metadata', 'audio', 'all'] as const;
/** How much an edition lists. */
export type EditionStage = (typeof EDITION_STAGES)[number];

const reference = { path: z.string().max(200), sha256: digestSchema };

/** Size and root of the log (docs/formats/log.md). */
export const logHeadSchema = z.strictObject({ size: count, root: digestSchema });
/** Size and root of the log. */
export type LogHead = z.infer<typeof logHeadSchema>;

/** Who published: the archive and where it can be reached. */
const editionArchiveSchema = z.strictObject({
  id: z.string().regex(ARCHIVE_ID),
  name: z.string().min(1).max(1024),
  publicUrl: z.string().max(2048).optional(),
  contact: z.string().max(2048).optional(),
});

/** `edition.json`. */
export const editionSchema = z.strictObject({
  format: z.literal('fonoteca-edition/1'),
  number,
  /** SHA-256 of the edition.json before; null for edition 1. */
  previous: digestSchema.nullable(),
  date: instant,
  stage: z.enum(EDITION_STAGES),
  archive: editionArchiveSchema,
  /** The catalogue as of this edition. */
  catalogue: z.strictObject({ ...reference, tracks: count, albums: count }),
  /** Sorted by name. */
  volumes: z.array(editionVolumeSchema),
  /** The rights overlay: what holds for every published member, whatever a volume's index says. */
  rights: z.strictObject({ ...reference, members: count }),
  /** Withdrawals so far; `head` is the digest of the newest, null while there are none. */
  tombstones: z.strictObject({ ...reference, count, head: digestSchema.nullable() }),
  /** The log before the entry that this edition was published, and behind all others it makes. */
  log: logHeadSchema,
  /** Files with a torrent of their own, sorted by path. */
  metadata: z.array(editionMetadataSchema),
  /** Path of the verifier that is shipped with it: a program in one readable file. */
  verifier: z.string().regex(/^editions\/tools\/verify-[0-9a-f]{16}\.py$/),
  /** Addresses of this tree and of other operators' copies. */
  addresses: z.array(z.string()),
  mirrors: z.array(z.string()),
  /** Every published file but edition.json and its signature, sorted by path. */
  files: z.array(editionFileSchema),
});
/** `edition.json`. */
export type Edition = z.infer<typeof editionSchema>;

/** `keys.json`: the keys that may sign, by role. */
export const editionKeysSchema = z.strictObject({
  format: z.literal('fonoteca-keys/1'),
  /** How many of the keys must sign. */
  threshold: z.number().int().positive(),
  keys: z.array(z.strictObject({ id: z.string().regex(ARCHIVE_ID), publicKey: z.string() })).min(1),
  roles: z.strictObject({
    edition: z.array(z.string()).min(1),
    timestamp: z.array(z.string()).min(1),
  }),
});
/** `keys.json`. */
export type EditionKeys = z.infer<typeof editionKeysSchema>;

/** `editions/timestamps/NNNN-K.json`: for a while, the word that this edition is the newest. */
export const editionTimestampSchema = z.strictObject({
  format: z.literal('fonoteca-timestamp/1'),
  edition: number,
  /** Counts from 1 within an edition. */
  sequence: number,
  /** SHA-256 of edition.json. */
  sha256: digestSchema,
  date: instant,
  expires: instant,
  /** The log behind the entry that the edition was published. */
  log: logHeadSchema,
});
/** A timestamp. */
export type EditionTimestamp = z.infer<typeof editionTimestampSchema>;

/** `editions/current.json`: the one pointer. */
export const editionPointerSchema = z.strictObject({ edition: number, timestamp: number });
/** The one pointer. */
export type EditionPointer = z.infer<typeof editionPointerSchema>;

const place = {
  digest: digestSchema,
  volume: z.string().regex(VOLUME_NAME),
  path: z.string(),
  sizeBytes: count,
};

/** One line of `catalogue.jsonl`: a published track. Lines are sorted by id. */
export const catalogueLineSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  artist: z.string(),
  albumArtist: z.string().nullable(),
  album: z.string().nullable(),
  albumId: z.string().nullable(),
  disc: count.nullable(),
  number: count.nullable(),
  date: z.string().nullable(),
  genre: z.string().nullable(),
  isrc: z.string().nullable(),
  mbid: z.string().nullable(),
  popularity: popularitySchema.nullable(),
  /** Sorted by tier, volume and path. */
  files: z.array(
    z.strictObject({
      ...place,
      tier: z.enum(TIERS),
      durationMs: z.number().nonnegative().nullable(),
      format: z.string().nullable(),
    }),
  ),
});
/** One line of `catalogue.jsonl`. */
export type CatalogueLine = z.infer<typeof catalogueLineSchema>;

/** One line of `albums.jsonl`: an album with published tracks or companions. Lines are sorted by id. */
export const albumLineSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  artist: z.string(),
  date: z.string().nullable(),
  tracks: z.array(z.string()),
  /** Covers, booklets and the like, sorted by volume and path. */
  files: z.array(z.strictObject({ ...place, role: z.string().nullable(), mimeType: z.string() })),
});
/** One line of `albums.jsonl`. */
export type AlbumLine = z.infer<typeof albumLineSchema>;

/** One line of `rights.jsonl`: what holds for a published member. Lines are sorted by digest. */
export const rightsLineSchema = z.strictObject({
  digest: digestSchema,
  licence: z.string().nullable(),
  holder: z.string().nullable(),
  attribution: z.string(),
  distributable: z.boolean(),
  /** Why, in one sentence. */
  because: z.string(),
});
/** One line of `rights.jsonl`. */
export type RightsLine = z.infer<typeof rightsLineSchema>;

/** The folder name of edition `number`: at least four digits. */
export function editionFolderName(number: number): string {
  return String(number).padStart(4, '0');
}

/** The path of file `name` of edition `number` below the published tree. */
export function editionFilePath(number: number, name: string): string {
  return `editions/${editionFolderName(number)}/${name}`;
}

/** The name under which archive `archiveId` signs its log. */
export function logOrigin(archiveId: string): string {
  return `fonoteca/${archiveId}`;
}

/** `value` as the text of a document: one line of canonical JSON and a newline. */
export function documentText(value: Json): string {
  return `${canonicalJson(value)}\n`;
}

/**
 * What a signature of each document says in its trusted comment, so that it cannot stand under another. keys.json says
 * neither its number nor its archive: `previous`, the SHA-256 of the edition.json before (null in edition 1), binds its
 * signature to the one place where it was given.
 */
export const TRUSTED_COMMENTS = {
  edition: (number: number): string => `fonoteca-edition/1 number ${number}`,
  keys: (number: number, previous: Digest | null): string =>
    `fonoteca-keys/1 number ${number}${previous === null ? '' : ` previous ${previous}`}`,
  timestamp: (edition: number, sequence: number): string =>
    `fonoteca-timestamp/1 number ${edition}-${sequence}`,
} as const;
