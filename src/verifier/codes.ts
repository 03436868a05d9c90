/**
 * What the verifier can find, by stable code, with what would have been right.
 *
 * The verifier imports nothing of the program it judges, so it keeps this table itself; a test holds it against the
 * program's error catalogue.
 */

/** Every finding by code. */
export const VERIFY_CODES = {
  VERIFY_NOTHING: 'at least one edition below editions/',
  VERIFY_FILE_MISSING: 'every file that the edition lists',
  VERIFY_FILE_UNLISTED: 'no file beside those that the edition lists',
  VERIFY_FILE_KIND: 'regular files, not links, folders, pipes or devices',
  VERIFY_FILE_UNREADABLE: 'a disk that gives the bytes back',
  VERIFY_FILE_SIZE: 'the size that the edition lists',
  VERIFY_FILE_DIGEST: 'the SHA-256 that the edition lists',
  VERIFY_DOCUMENT: 'a document in canonical form with the fields its format calls for',
  VERIFY_SIGNATURE_FORM: 'a minisign signature in canonical form',
  VERIFY_SIGNATURE_WRONG: 'a signature that fits the document',
  VERIFY_KEY_UNKNOWN: 'a signature by a key that keys.json names',
  VERIFY_THRESHOLD: 'as many signatures by distinct keys as keys.json calls for',
  VERIFY_KEY_OTHER: 'the public key that was given',
  VERIFY_CHAIN_BROKEN: 'the digest of the edition before, back to edition 1',
  VERIFY_EDITION_NUMBER: 'the number of its folder inside the edition',
  VERIFY_EDITION_MISSING: 'every edition from 1 on',
  VERIFY_POINTER: 'a current.json that names an edition and a timestamp that are there',
  VERIFY_POINTER_BEHIND: 'a current.json that names the newest edition',
  VERIFY_TIMESTAMP: 'signed timestamps that name editions that are there',
  VERIFY_TOMBSTONES:
    'every tombstone of the edition before, unchanged, and each naming the one before it',
  VERIFY_LOG: 'a log that tells of every edition, with the size and root that they sign',
  VERIFY_LOG_FORKED: 'a log that begins with the head that was given',
  VERIFY_VOLUME_CHANGED:
    'volumes that change only where tombstones say so, their old torrents listed',
  VERIFY_VOLUME_NAME: 'the name that the members of the volume give',
  VERIFY_TORRENT: 'a canonical single-file hybrid torrent of its volume',
  VERIFY_INFOHASH: 'the infohashes that the edition lists',
  VERIFY_PIECES: 'the piece hashes and tree root of the torrent',
  VERIFY_LEAVES: 'the 16 KiB leaf hashes of the .leaves file',
  VERIFY_TAR: 'a tar as docs/formats/volume.md lays it out',
  VERIFY_INDEX: 'one index line for each member, in order, at its place',
  VERIFY_MEMBER: 'payloads that have the digest of their index line',
  VERIFY_RIGHTS_MISSING: 'recorded rights for every published member',
  VERIFY_NOT_DISTRIBUTABLE: 'only members that may be distributed',
  VERIFY_CATALOGUE: 'catalogue files that lie in the volumes as told',
} as const;

/** A code of the verifier. */
export type VerifyCode = keyof typeof VERIFY_CODES;

/** One thing that is not as it should be. */
export interface VerifyFinding {
  readonly code: VerifyCode;
  /** The file below the published tree, with the member behind `#`. */
  readonly subject: string;
  /** What was seen, short enough for one line. */
  readonly seen: string;
}

/** Most findings kept in a report; all are counted and told as they come. */
const MAX_KEPT_FINDINGS = 1000;

/** Takes findings in. */
export interface FindingSink {
  add(code: VerifyCode, subject: string, seen: string): void;
  readonly kept: readonly VerifyFinding[];
  readonly count: number;
}

/** A sink that keeps the first findings and tells `onFinding` every one. */
export function startFindings(onFinding?: (finding: VerifyFinding) => void): FindingSink {
  const kept: VerifyFinding[] = [];
  let count = 0;
  return {
    add(code, subject, seen) {
      const finding = { code, subject, seen: oneLine(seen) };
      count += 1;
      if (kept.length < MAX_KEPT_FINDINGS) kept.push(finding);
      onFinding?.(finding);
    },
    get kept() {
      return kept;
    },
    get count() {
      return count;
    },
  };
}

/** What is seen may come from the damage itself: no control character of it reaches a terminal. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .slice(0, 300);
}
