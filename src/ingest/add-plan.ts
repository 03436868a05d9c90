/** What `add` is about to do, as a value that prints. */
import type { Digest } from '../base/digest.ts';
import type { Finding } from '../base/errors.ts';
import type { SourceFile } from '../model/fact.ts';
import type { AddOptions } from './add-options.ts';
import type { ChosenRoot } from './choose-roots.ts';
import type { CompanionRole } from './classify.ts';
import type { MatchedRow } from './match-table.ts';
import type { ScannedFile } from './scan-folder.ts';
import type { SourcePlace } from './source-path.ts';
import type { TracksTable } from './tracks-table.ts';

/** A file that will be read. */
export interface PlannedFile extends ScannedFile {
  /** What it may be by name; `unknown` is held only if its first bytes are those of audio. */
  readonly class: 'audio' | 'companion' | 'unknown';
  readonly role: CompanionRole | null;
  readonly action: 'new' | 'changed';
  /** What was held of this path before. */
  readonly previous: Digest | null;
}

/** A file named as evidence, or a table, that lies outside the folders added: held, without a place in them. */
export interface BesideFile {
  /** Absolute. */
  readonly file: string;
  readonly role: 'table' | 'evidence';
}

/** A file that is evidence for a right: who names it how, and where it is. */
export interface EvidenceFile {
  /** Of `evidenceKey`. */
  readonly key: string;
  /** Absolute. */
  readonly file: string;
  /** Its place below a folder added, or null when it lies beside. */
  readonly place: SourcePlace | null;
}

/** The whole plan. Lists of files are in the order of `comparePlaces`. */
export interface AddPlan {
  readonly options: AddOptions;
  readonly roots: readonly ChosenRoot[];
  readonly files: readonly PlannedFile[];
  readonly beside: readonly BesideFile[];
  /** Files read before and held or refused, whose size and time are as they were. */
  readonly unchanged: readonly SourceFile[];
  readonly vanished: readonly SourceFile[];
  /** Named and not read, now or in an earlier run. */
  readonly left: readonly ScannedFile[];
  readonly tables: readonly TracksTable[];
  readonly matched: readonly MatchedRow[];
  readonly evidence: readonly EvidenceFile[];
  /** What is to be told: of the scan, of the table. */
  readonly findings: readonly Finding[];
  readonly totalBytes: number;
}
