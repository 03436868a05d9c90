/**
 * Findings of the separate verifier. It keeps its own table of `wanted`, since it imports nothing of the program it
 * judges; a test holds the two together.
 */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const VERIFIER_ERRORS = {
  // verifier
  VERIFY_NOTHING: {
    wanted: 'at least one edition below editions/',
    next: 'name the folder that holds editions/ and volumes/',
    exit: 12,
  },
  VERIFY_FILE_MISSING: {
    wanted: 'every file that the edition lists',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_FILE_UNLISTED: {
    wanted: 'no file beside those that the edition lists',
    next: 'remove the file unless you put it there',
    exit: 12,
  },
  VERIFY_FILE_KIND: {
    wanted: 'regular files, not links, folders, pipes or devices',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_FILE_UNREADABLE: {
    wanted: 'a disk that gives the bytes back',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_FILE_SIZE: {
    wanted: 'the size that the edition lists',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_FILE_DIGEST: {
    wanted: 'the SHA-256 that the edition lists',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_DOCUMENT: {
    wanted: 'a document in canonical form with the fields its format calls for',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_SIGNATURE_FORM: {
    wanted: 'a minisign signature in canonical form',
    next: 'get the signature again from its publisher',
    exit: 12,
  },
  VERIFY_SIGNATURE_WRONG: {
    wanted: 'a signature that fits the document',
    next: 'get the document and its signature again from its publisher; trust neither until then',
    exit: 12,
  },
  VERIFY_KEY_UNKNOWN: {
    wanted: 'a signature by a key that keys.json names',
    next: 'get the edition again from its publisher; trust nothing of it until then',
    exit: 12,
  },
  VERIFY_THRESHOLD: {
    wanted: 'as many signatures by distinct keys as keys.json calls for',
    next: 'get the missing signatures from the publisher; trust nothing of the edition until then',
    exit: 12,
  },
  VERIFY_KEY_OTHER: {
    wanted: 'the public key that was given',
    next: 'check the key with its owner on another channel; trust nothing of this copy until then',
    exit: 12,
  },
  VERIFY_CHAIN_BROKEN: {
    wanted: 'the digest of the edition before, back to edition 1',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_EDITION_NUMBER: {
    wanted: 'the number of its folder inside the edition',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_EDITION_MISSING: {
    wanted: 'every edition from 1 on',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_POINTER: {
    wanted: 'a current.json that names an edition and a timestamp that are there',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_POINTER_BEHIND: {
    wanted: 'a current.json that names the newest edition',
    next: 'run `fonoteca publish` again in the archive, or fetch the copy again',
    exit: 12,
  },
  VERIFY_TIMESTAMP: {
    wanted: 'signed timestamps that name editions that are there',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_TOMBSTONES: {
    wanted: 'every tombstone of the edition before, unchanged, and each naming the one before it',
    next: 'do not pass on what the earlier edition withdrew; ask the publisher why the record changed',
    exit: 12,
  },
  VERIFY_LOG: {
    wanted: 'a log that tells of every edition, with the size and root that they sign',
    next: 'run `fonoteca publish` again in the archive, or fetch editions/log again; if it stays, tell the publisher',
    exit: 12,
  },
  VERIFY_LOG_FORKED: {
    wanted: 'a log that begins with the head that was given',
    next: 'keep both heads and tell others: the publisher has shown two histories',
    exit: 12,
  },
  VERIFY_VOLUME_CHANGED: {
    wanted: 'volumes that change only where tombstones say so, their old torrents listed',
    next: 'keep the volume you have and ask the publisher why it changed',
    exit: 12,
  },
  VERIFY_VOLUME_NAME: {
    wanted: 'the name that the members of the volume give',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_TORRENT: {
    wanted: 'a canonical single-file hybrid torrent of its volume',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_INFOHASH: {
    wanted: 'the infohashes that the edition lists',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_PIECES: {
    wanted: 'the piece hashes and tree root of the torrent',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_LEAVES: {
    wanted: 'the 16 KiB leaf hashes of the .leaves file',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_TAR: {
    wanted: 'a tar as docs/formats/volume.md lays it out',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_INDEX: {
    wanted: 'one index line for each member, in order, at its place',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
  VERIFY_MEMBER: {
    wanted: 'payloads that have the digest of their index line',
    next: 'zeros without a tombstone: something was withdrawn since, so get the newest editions/ and no other bytes; withdrawn and still there: `fonoteca redact`; otherwise get the file again from another copy of this edition; then verify again',
    exit: 12,
  },
  VERIFY_RIGHTS_MISSING: {
    wanted: 'recorded rights for every published member',
    next: 'do not pass the member on; tell the publisher',
    exit: 12,
  },
  VERIFY_NOT_DISTRIBUTABLE: {
    wanted: 'only members that may be distributed',
    next: 'do not pass the member on; tell the publisher',
    exit: 12,
  },
  VERIFY_CATALOGUE: {
    wanted: 'catalogue files that lie in the volumes as told',
    next: 'get the file again from another copy of this edition, then verify again',
    exit: 12,
  },
} as const satisfies Record<string, ErrorEntry>;
