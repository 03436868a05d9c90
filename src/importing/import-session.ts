/**
 * One run of an import: takes the records of its files and queries, turns them into rows by the rules of the preset, counts
 * them, puts aside what is refused, and saves how far it has come after each piece.
 */
import { createHash } from 'node:crypto';
import type { Disk } from '../base/disk.ts';
import type { ParquetField } from '../formats/parquet-writer.ts';
import { importColumns } from '../model/import-columns.ts';
import { IMPORT_TABLES } from '../model/import-record.ts';
import type { CellContext } from './cells.ts';
import { compileRules, compileStaged, stagedColumns } from './compile-rules.ts';
import { FRESH_STATE, type ImportState, saveState, type Tally } from './import-state.ts';
import type { Preset, SourceFile, Staged, TableRule } from './preset.ts';
import type { Quarantine } from './quarantine.ts';
import type { RecordView } from './record-path.ts';
import type { RecordSink } from './record-sink.ts';
import { createRowTally, type RowTally } from './row-tally.ts';
import { createShards, type Shard, type Shards } from './shards.ts';

/** What a session works with. */
export interface SessionOptions {
  readonly preset: Preset;
  readonly disk: Disk;
  readonly directory: string;
  readonly state: ImportState;
  /** Under which people are counted; lives as long as the run. */
  readonly personKey: Uint8Array;
  readonly pieceRows?: number | undefined;
}

/** What is done with the records of one kind of file or query. */
export interface InputRule {
  readonly kind: string;
  readonly missing?: readonly string[] | undefined;
  readonly rows?: readonly TableRule[] | undefined;
  readonly staged?: Staged | undefined;
}

/** One run of an import. */
export interface Session {
  /** Receives the records of the file `fileName` of a kind. */
  sinkFor(rule: InputRule, fileName: string): RecordSink;
  /** Ends the last piece of the files; with `saved` so that the next run can begin at the queries. */
  filesRead(facts: Readonly<Record<string, string>>, saved: boolean): void;
  /** Ends the last piece. */
  finish(): void;
  abort(): void;
  tally(): Tally;
  readonly quarantine: Quarantine;
  /** All shards so far, of staged tables too. */
  shards(): readonly Shard[];
  /** Records taken in so far, for progress. */
  readonly records: number;
}

/** Thrown when what an earlier run finished does not fit what is read now: it is all read anew. */
export class StaleState extends Error {}

/** What a staged table is called among the shards. */
const STAGED_PREFIX = 'staged.';
const PERSON_DIGITS = 16;

/** A session that begins where `state` ends. Errors of the rules: `MAPPING_COLUMN_MISSING`. */
export function createSession(options: SessionOptions): Session {
  const { preset, disk, directory } = options;
  const { filesRead: before, pieces } = options.state;
  const skipped = before?.pieces ?? 0;
  const finished = pieces.slice(skipped);
  const shards = createShards(disk, directory, fieldsOf(preset), finished, options.pieceRows);
  const tally = createRowTally(before?.tally, (table, values) => shards.add(table, values));
  let state = options.state;
  let done: (readonly Shard[])[] = pieces.slice(0, skipped);
  let records = 0;
  const endPiece = () => {
    const ended = shards.endPiece();
    if (!ended) throw new StaleState();
    done = [...done, ended];
    if (done.length <= state.pieces.length) return;
    state = { ...state, pieces: done.map((piece) => [...piece]) };
    saveState(disk, directory, state);
  };
  return {
    quarantine: tally.quarantine,
    sinkFor(rule, fileName) {
      const counts = tally.inputs(rule.kind);
      const compile = (names?: readonly string[]) =>
        compileInput(rule, names, { options, shards, tally });
      let take: ((view: RecordView) => boolean) | undefined;
      return {
        header(names) {
          take = compile(names);
        },
        record(value, line) {
          take ??= compile();
          tally.at(fileName, line);
          records += 1;
          counts.read += 1;
          if (take({ value, parent: undefined, place: '', fileName })) counts.taken += 1;
          else counts.passed += 1;
          if (shards.isFull()) endPiece();
        },
        refused(line, column, seen) {
          records += 1;
          counts.read += 1;
          counts.refused += 1;
          const code = 'IMPORT_RECORD_UNREADABLE';
          tally.quarantine.add({ code, file: fileName, line, column, seen });
        },
      };
    },
    filesRead(facts, saved) {
      endPiece();
      if (!saved) return;
      const filesRead = { pieces: done.length, tally: tally.state(), facts: { ...facts } };
      state = { ...state, filesRead };
      saveState(disk, directory, state);
    },
    finish: endPiece,
    abort: () => shards.abort(),
    tally: () => tally.state(),
    shards: () => done.flat(),
    get records() {
      return records;
    },
  };
}

interface Parts {
  readonly options: SessionOptions;
  readonly shards: Shards;
  readonly tally: RowTally;
}

/** What is done with a record whose columns are `names`; true when it was of use. */
function compileInput(
  rule: InputRule,
  names: readonly string[] | undefined,
  { options, shards, tally }: Parts,
): (view: RecordView) => boolean {
  const person = (name: string) =>
    createHash('sha256')
      .update(options.personKey)
      .update(name)
      .digest('hex')
      .slice(0, PERSON_DIGITS);
  const missing = new Set(rule.missing ?? ['']);
  const context: CellContext = { namespace: options.preset.namespace, names, missing, person };
  const map = rule.rows === undefined ? undefined : compileRules(rule.rows, context);
  if (!rule.staged) return (view) => map?.(view, tally.sink) ?? false;
  const table = STAGED_PREFIX + rule.staged.table;
  const keep = compileStaged(rule.staged, context);
  return (view) => {
    const isMapped = map?.(view, tally.sink) ?? false;
    const kept = keep(view, tally.sink);
    if (kept) shards.add(table, kept);
    return isMapped || kept !== undefined;
  };
}

/** The staged tables of `preset` with their columns: kinds of file that fill the same one agree on them. */
export function stagedTables(preset: Preset): ReadonlyMap<string, readonly ParquetField[]> {
  const staged = preset.files.flatMap((rule: SourceFile) => rule.staged ?? []);
  return new Map(staged.map((each) => [each.table, stagedColumns(each)]));
}

/** The name of a staged table among the shards of `session`. */
export function stagedShards(session: Session, table: string): readonly Shard[] {
  return session.shards().filter((shard) => shard.table === STAGED_PREFIX + table);
}

/** `state` as a run may use it: pieces that hold people's numbers are of no use without the key they were made with. */
export function usableState(preset: Preset, state: ImportState): ImportState {
  const hasPeople = preset.files.some(({ staged }) =>
    Object.values(staged?.columns ?? {}).some(
      (cell) => typeof cell !== 'string' && cell.as === 'person',
    ),
  );
  return hasPeople && state.filesRead === null ? FRESH_STATE : state;
}

function fieldsOf(preset: Preset): (table: string) => readonly ParquetField[] {
  const staged = stagedTables(preset);
  const own = new Map<string, readonly ParquetField[]>(
    IMPORT_TABLES.map((table) => [table, importColumns(table)]),
  );
  return (table) =>
    table.startsWith(STAGED_PREFIX)
      ? staged.get(table.slice(STAGED_PREFIX.length))!
      : own.get(table)!;
}
