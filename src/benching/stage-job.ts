/** What the bench has done in a process of its own, so that memory is that of the stage alone, and what comes back. */
import type { Json } from '../base/canonical-json.ts';
import type { Times } from './percentiles.ts';
import type { BenchQuestion, QuestionClass } from './question-classes.ts';
import type { SampledTrack } from './sample-tracks.ts';

/** An import of one shard, under the mapping of the generated catalogue. */
export interface ImportJob {
  readonly kind: 'import';
  readonly catalogue: string;
  readonly mapping: Json;
  readonly paths: readonly string[];
  readonly dumpDate: string;
  /** Rows with which a shard is full, the importer's own when left out. */
  readonly pieceRows?: number;
}

/** The build of a snapshot of these imports. */
export interface BuildJob {
  readonly kind: 'build';
  readonly catalogue: string;
  readonly imports: readonly string[];
  readonly threads: number;
  /** Otherwise each of their files goes when it is taken. */
  readonly keepsImports: boolean;
  /** Rows that are sorted at a time, the builder's own number when left out. */
  readonly rangeRows?: number;
}

/** Questions and look-ups against a snapshot. */
export interface ServeJob {
  readonly kind: 'serve';
  /** The folder of the snapshot. */
  readonly snapshot: string;
  /** Put before the ids of the sampled tracks. */
  readonly idHead: string;
  readonly questions: Readonly<Record<QuestionClass, readonly BenchQuestion[]>>;
  /** Looked up by id and by ISRC, each with its row. */
  readonly lookUps: readonly SampledTrack[];
  /** Asked for by "artist title", then by title alone. */
  readonly knownItems: readonly SampledTrack[];
}

/** How a stage of a bench is told to tell of itself: a line of progress now and then, before that of its outcome. */
interface Telling {
  readonly tells?: boolean;
}

/** One piece of work. */
export type StageJob = (ImportJob | BuildJob | ServeJob) & Telling;

/** What an import was. */
export interface ImportOutcome {
  readonly id: string;
  readonly directory: string;
  /** Rows of all tables that were kept. */
  readonly kept: number;
  readonly refused: number;
}

/** What a build was. */
export interface BuildOutcome {
  readonly directory: string;
  readonly tracks: number;
  readonly albums: number;
  readonly artists: number;
}

/** What asking and looking up took. */
export interface ServeOutcome {
  readonly openMs: number;
  /** The first questions of each class, each of a search just opened whose files are in no cache. */
  readonly cold: Readonly<Record<QuestionClass, Times>>;
  /** All questions, two at a time, in the processes that search is served by. */
  readonly warm: Readonly<Record<QuestionClass, Times>>;
  /** Warm answers that ended early, or with their process. */
  readonly cutShort: number;
  readonly byId: Times;
  readonly byIsrc: Times;
  /** Sampled tracks that were not found by their id or ISRC: none, or something is wrong. */
  readonly missed: number;
  readonly knownItems: KnownItems;
  /** Memory of the process and what is below it, without mapped files, when all was asked. */
  readonly ownBytes: number;
}

/** Known tracks that were asked for, and how many of them were among the first ten. */
export interface KnownItems {
  readonly asked: number;
  readonly byArtistAndTitle: number;
  readonly byTitle: number;
}

/** What comes back of each kind of work. */
export interface StageOutcomes {
  readonly import: ImportOutcome;
  readonly build: BuildOutcome;
  readonly serve: ServeOutcome;
}
