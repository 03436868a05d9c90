/**
 * The ledger's contract: facts in, answers out. One implementation on SQLite stands behind it (`sqlite-ledger.ts`);
 * the methods return promises so that a ledger on a database server fits the same contract.
 *
 * Facts committed together are all kept or none; when `commit` has resolved they survive a power cut.
 */
import type { Digest } from '../base/digest.ts';
import type { Description } from '../model/description.ts';
import type { EditionKeysFact, Fact, SourceFile } from '../model/fact.ts';
import type { Derivative, Holding } from '../model/holding.ts';
import type { IdsMerge, TrackMatch } from '../model/match.ts';
import type { Tombstone } from '../model/tombstone.ts';
import type { Volume, VolumeMember } from '../model/volume.ts';

/** A track as the ledger knows it. */
export interface TrackRow {
  readonly id: string;
  readonly artistId: string;
  readonly albumId: string | null;
  readonly description: Description;
  /** Every original of it is withdrawn. */
  readonly withdrawn: boolean;
}

/** An album as the ledger knows it. */
export interface AlbumRow {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly artistId: string;
  readonly date: string | null;
}

/** An artist as the ledger knows it. */
export interface ArtistRow {
  readonly id: string;
  readonly name: string;
}

/** One line of the history. */
export interface HistoryRow {
  /** Counts from 1 without reuse: the order of facts, whatever the clock said. */
  readonly seq: number;
  readonly at: string;
  readonly fact: Fact;
}

/** Where a member of a volume lies. */
export interface MemberPlace extends VolumeMember {
  readonly volume: string;
}

/** A holding with what the ledger keeps beside it. */
export interface HeldHolding extends Holding {
  /** How it was described when it came; `description` is that of its track now, which a table or other tags may have changed. */
  readonly ownDescription: Holding['description'];
  /** The history's `seq` of its accession: the order in which holdings came. */
  readonly seq: number;
  /** Its loose copy left by `drop`; only the derivative is still held. */
  readonly dropped: boolean;
  /** Its bytes are given to nobody any more. */
  readonly withdrawn: boolean;
}

/** Why an original has no derivative. */
export interface DerivativeRefusal {
  readonly digest: Digest;
  readonly code: string;
  readonly seen: string;
}

/** The acoustic fingerprint of a holding. */
export interface FingerprintRow {
  readonly seq: number;
  readonly digest: Digest;
  /** As `Technical.fingerprint`. */
  readonly fingerprint: string;
}

/** An identity a volume had before members of it were withdrawn or restored. */
export interface SupersededIdentity {
  readonly infohashV1: string;
  readonly infohashV2: Digest;
  /** The last edition that listed it; null when none did. */
  readonly edition: number | null;
}

/** A published edition as the ledger knows it. */
export interface EditionRow {
  readonly number: number;
  readonly sha256: Digest;
  readonly at: string;
  readonly volumes: readonly string[];
}

/** Counters for the home page and `doctor`. Tracks, holdings and held bytes leave out what is withdrawn. */
export interface LedgerCounts {
  readonly tracks: number;
  readonly albums: number;
  readonly artists: number;
  readonly holdings: number;
  readonly heldBytes: number;
  readonly volumes: number;
  readonly volumeBytes: number;
  readonly editions: number;
}

/** Where a page of a list starts: after this id, at most `limit` rows (1–1,000). */
export interface Page {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A stretch of a list in its own order. */
export interface Part {
  /** Rows passed over. */
  readonly skip: number;
  readonly limit: number;
}

/** Facts in, answers out. Lists are in the order named; an absent thing is undefined. */
export interface Ledger extends AsyncDisposable {
  commit(facts: readonly Fact[]): Promise<void>;

  archive(): Promise<{ archiveId: string; name: string } | undefined>;
  counts(): Promise<LedgerCounts>;
  /** The history after `seq`, oldest first, at most `limit` rows. */
  history(afterSeq: number, limit: number): Promise<HistoryRow[]>;
  /** The newest line of the history. */
  lastFact(): Promise<HistoryRow | undefined>;
  /** Its number alone, 0 when the history is empty: the cheap question whether anything happened since. */
  lastSeq(): Promise<number>;
  /** The history of one subject (a digest, track id or volume name), oldest first. */
  historyOf(subject: string): Promise<HistoryRow[]>;

  /** Files read below `root` and not vanished, by path bytes. */
  sourceFiles(root: string): Promise<SourceFile[]>;
  /** Files that were refused when they were last read and are not vanished, by root and path. */
  refusedFiles(): Promise<SourceFile[]>;
  /** Every folder that was ever added, by bytes. */
  sourceRoots(): Promise<string[]>;
  /** The places a holding came from, oldest root and path first by bytes, vanished ones included. */
  sourcesOf(digest: Digest): Promise<SourceFile[]>;

  holding(digest: Digest): Promise<HeldHolding | undefined>;
  /** All holdings in the order they came. */
  holdings(): Promise<HeldHolding[]>;
  holdingsOfTrack(trackId: string): Promise<HeldHolding[]>;
  /** Audio and companions of an album in the order they came. */
  holdingsOfAlbum(albumId: string): Promise<HeldHolding[]>;
  /** Companions of an album alone, in the order they came. */
  companionsOfAlbum(albumId: string): Promise<HeldHolding[]>;
  holdingsByAudio(audioDigest: Digest): Promise<HeldHolding[]>;
  /** Fingerprints of what came after `seq` and is not withdrawn, in the order it came, at most `limit` rows. */
  fingerprints(afterSeq: number, limit: number): Promise<FingerprintRow[]>;

  track(id: string): Promise<TrackRow | undefined>;
  /** Tracks by id, a page of them. */
  tracks(page: Page): Promise<TrackRow[]>;
  /** Tracks of an album by disc, number and id: all of them, or those of `part`. */
  tracksOfAlbum(albumId: string, part?: Part): Promise<TrackRow[]>;
  tracksOfArtist(artistId: string, page: Page): Promise<TrackRow[]>;
  album(id: string): Promise<AlbumRow | undefined>;
  /** Albums by id, a page of them. */
  albums(page: Page): Promise<AlbumRow[]>;
  albumsOfArtist(artistId: string, page: Page): Promise<AlbumRow[]>;
  artist(id: string): Promise<ArtistRow | undefined>;
  artists(page: Page): Promise<ArtistRow[]>;

  derivative(digest: Digest): Promise<Derivative | undefined>;
  derivativesOf(sourceDigest: Digest): Promise<Derivative[]>;
  derivativeRefusal(sourceDigest: Digest): Promise<{ code: string; seen: string } | undefined>;
  /** Originals that could not be re-encoded, by digest, and why. */
  derivativeRefusals(): Promise<DerivativeRefusal[]>;

  volume(name: string): Promise<Volume | undefined>;
  /** All volumes in the order they were packed. */
  volumes(): Promise<Volume[]>;
  /** Packed volumes whose members' loose copies may still be there, in the order they were packed. */
  unsettledVolumes(): Promise<Volume[]>;
  /** Where a digest lies in volumes, by volume name. */
  places(digest: Digest): Promise<MemberPlace[]>;

  /** What `volume` was before, oldest first, one row a change: this list only grows. After a restoration it holds what the volume is again. */
  superseded(volume: string): Promise<SupersededIdentity[]>;
  /** Volumes with members withdrawn or restored since their bytes were last recorded, in the order they were packed. */
  unredactedVolumes(): Promise<Volume[]>;
  /** The names of these, and of volumes whose bytes are others than the newest edition with them lists. */
  changingVolumes(): Promise<ReadonlySet<string>>;

  /** Every withdrawal and restoration, in order of number. */
  tombstones(): Promise<Tombstone[]>;
  /** The digests withdrawn now. */
  withdrawnDigests(): Promise<ReadonlySet<Digest>>;
  isWithdrawn(digest: Digest): Promise<boolean>;
  /** Whether a file with this sound is withdrawn, whatever its tags. */
  isAudioWithdrawn(audioDigest: Digest): Promise<boolean>;

  /** What `trackId` was matched with. */
  matchOf(trackId: string): Promise<TrackMatch | undefined>;
  /** What was matched with the catalogue's `catalogueId`, or with an id merged into it, by track id; withdrawn tracks are left out. */
  matchesWith(catalogueId: string): Promise<TrackMatch[]>;
  /** All matches of tracks that are not withdrawn, by track id, a page of them. */
  matches(page: Page): Promise<TrackMatch[]>;
  /** Ids that a person said `trackId` is not. */
  unmatchedFrom(trackId: string): Promise<ReadonlySet<string>>;
  /** Tracks of which all that is held and not withdrawn is dark by its operator's word. One look at all holdings. */
  darkTracks(): Promise<ReadonlySet<string>>;
  /** Tracks that are not withdrawn and have no match, by id, a page of them. */
  tracksWithoutMatch(page: Page): Promise<TrackRow[]>;
  /** What was matched after `seq`; undefined when something else since then changes which rows of the catalogue are held. */
  matchedSince(seq: number): Promise<TrackMatch[] | undefined>;
  /** What a person said `id` means. */
  mergeOf(id: string): Promise<IdsMerge | undefined>;
  /** What a person said to mean `id`, by id. */
  mergedInto(id: string): Promise<IdsMerge[]>;

  latestPlan(): Promise<{ number: number; file: string; sha256: Digest } | undefined>;
  /** Editions by number. */
  editions(): Promise<EditionRow[]>;
  /** What the next keys.json will say; undefined while the archive's own key signs alone. */
  editionKeys(): Promise<EditionKeysFact | undefined>;
}
