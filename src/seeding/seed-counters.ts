/** What a seeder counts: what it gave, and why it closed connections. */
import type { Finding } from '../base/errors.ts';

/** Why a connection was closed by us. */
export type CloseReason =
  | 'no-handshake'
  | 'unknown-torrent'
  | 'too-many-connections'
  | 'oversize-message'
  | 'broken-message'
  | 'unasked-piece'
  | 'outside-request'
  | 'flood'
  | 'idle'
  | 'stalled'
  | 'superseded'
  | 'unreadable'
  | 'stopping';

/** Counters of one run. */
export interface SeedCounters {
  connections: number;
  uploadedBytes: number;
  readonly closed: Map<CloseReason, number>;
  /** By v1 infohash. */
  readonly uploadedByTorrent: Map<string, number>;
  /** Damage met on reading, each piece once. */
  readonly findings: Finding[];
}

/** Findings kept; what comes after is known by the first ones. */
const MAX_FINDINGS = 1000;

/** Counters at nothing. */
export function startCounters(): SeedCounters {
  return {
    connections: 0,
    uploadedBytes: 0,
    closed: new Map(),
    uploadedByTorrent: new Map(),
    findings: [],
  };
}

/** Counts `bytes` given of a torrent. */
export function countUpload(counters: SeedCounters, infohashV1: string, bytes: number): void {
  counters.uploadedBytes += bytes;
  const before = counters.uploadedByTorrent.get(infohashV1) ?? 0;
  counters.uploadedByTorrent.set(infohashV1, before + bytes);
}

/** Counts a connection closed for `reason`. */
export function countClose(counters: SeedCounters, reason: CloseReason): void {
  counters.closed.set(reason, (counters.closed.get(reason) ?? 0) + 1);
}

/** Keeps `finding` unless there are too many. */
export function countFinding(counters: SeedCounters, finding: Finding): void {
  if (counters.findings.length < MAX_FINDINGS) counters.findings.push(finding);
}
