/**
 * What `runImport` (run-import.ts) is asked, given and answers:
 * `runImport(request: ImportRequest, deps: ImportDeps): Promise<ImportReport>`.
 */
import type { Clock, Random } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { Finding } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { ImportRecord } from '../model/import-record.ts';
import type { Preset } from './preset.ts';

/** What is to be imported. */
export interface ImportRequest {
  /** A built-in one (`findPreset` of presets.ts), or one made of a mapping file (`readMapping` of mapping-file.ts). */
  readonly preset: Preset;
  /** Files and folders; in a folder the files that the preset knows by name are taken. */
  readonly paths: readonly string[];
  /** `YYYY-MM-DD` of the dump where its files do not say it. */
  readonly dumpDate?: string | undefined;
  /** Names of parts under another licence than the source's own that are taken too, as the preset lists them. */
  readonly also?: readonly string[] | undefined;
}

/** What an import works with. */
export interface ImportDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** The folder `catalogue/` of the archive: the import becomes `imports/<id>/` below it. */
  readonly catalogue: string;
  readonly watch: Watch;
  /** Rows with which a shard is full; two million unless a test wants to see several. */
  readonly pieceRows?: number | undefined;
  /** Threads that blocks of lines are read in, as many as the machine has when undefined. Does not change the import. */
  readonly threads?: number | undefined;
}

/** How an import ended. */
export interface ImportReport {
  /** Null when it was stopped: the same call goes on where it was. */
  readonly record: ImportRecord | null;
  /** `catalogue/imports/<id>`. */
  readonly directory: string;
  /** False when the same files had been imported by the same preset before, which changes nothing. */
  readonly fresh: boolean;
  /** The first refusals of each kind; all of them are in `refused.jsonl` in the folder. */
  readonly findings: readonly Finding[];
}
