/**
 * One run of an import: takes the records of its files and queries, turns them into rows by the rules of the preset, counts
 * them, puts aside what is refused, and saves how far it has come after each piece.
 */
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import {
  compileInput,
  fieldsOf,
  type InputRule,
  type InputSink,
  stagedName,
} from './compile-input.ts';
import { FRESH_STATE, type ImportState, saveState, type Tally } from './import-state.ts';
import { createLineFeeds, type FeedSource, type LineFeed } from './line-feeds.ts';
import type { Preset } from './preset.ts';
import type { Quarantine } from './quarantine.ts';
import type { RecordView } from './record-path.ts';
import type { RecordSink } from './record-sink.ts';
import { createRowTally, type RowTally } from './row-tally.ts';
import { createShards, type Shard } from './shards.ts';

/** What a session works with. */
export interface SessionOptions {
  readonly preset: Preset;
  readonly disk: Disk;
  readonly directory: string;
  readonly state: ImportState;
  /** Under which people are counted; lives as long as the run. */
  readonly personKey: Uint8Array;
  /** Rows of a table with which a piece is full. */
  readonly pieceRows: number;
  /** Threads that blocks of lines are read in. */
  readonly threads: number;
  /** Bytes of all files as they lie there. */
  readonly totalBytes: number;
}

/** One run of an import. */
export interface Session {
  /** Receives the records of the file `fileName` of a kind. */
  sinkFor(rule: InputRule, fileName: string): RecordSink;
  /** Reads the lines of `fileName`, in threads where there are several. `MAPPING_COLUMN_MISSING`. */
  linesOf(rule: InputRule, source: FeedSource): LineFeed;
  /** The shards of the piece that comes `ahead` pieces from now, where an earlier run finished it. */
  finishedPiece(ahead: number): readonly Shard[] | undefined;
  /** Takes files of rows as a piece of their own, which `records` of a kind of file gave; none may be at hand. */
  takePiece(kind: string, records: number, written: readonly Shard[]): void;
  /** Ends the last piece of the files; with `saved` so that the next run can begin at the queries. */
  filesRead(facts: Readonly<Record<string, string>>, saved: boolean): void;
  /** Ends the piece at hand, the last one at the end. */
  endPiece(): void;
  abort(): Promise<void>;
  tally(): Tally;
  readonly quarantine: Quarantine;
  /** All shards so far, of staged tables too. */
  shards(): readonly Shard[];
  /** Records taken in so far, for progress. */
  readonly records: number;
}

/** Thrown when what an earlier run finished does not fit what is read now: it is all read anew. */
export class StaleState extends Error {}

/** Of the columns of a file, where a mapping names one that it has not. */
const MOST_SHOWN_UNITS = 500;

/** A session that begins where `state` ends. Errors of the rules: `MAPPING_COLUMN_MISSING`. */
export function createSession(options: SessionOptions): Session {
  const { preset, disk, directory, pieceRows } = options;
  const { filesRead: before, pieces } = options.state;
  const skipped = before?.pieces ?? 0;
  const finished = pieces.slice(skipped);
  const shards = createShards(disk, directory, fieldsOf(preset), finished, pieceRows);
  const tally = createRowTally(before?.tally, (table, values) => shards.add(table, values));
  let state = options.state;
  let done: (readonly Shard[])[] = pieces.slice(0, skipped);
  let records = 0;
  const context = { namespace: preset.namespace, personKey: options.personKey };
  const sink: InputSink = {
    rows: tally.sink,
    staged: (table, values) => shards.add(table, values),
  };
  const keepPiece = (ended: readonly Shard[] | undefined) => {
    if (!ended) throw new StaleState();
    done = [...done, ended];
    if (done.length <= state.pieces.length) return;
    state = { ...state, pieces: done.map((piece) => [...piece]) };
    saveState(disk, directory, state);
  };
  const endPiece = () => keepPiece(shards.endPiece());
  const feeds = createLineFeeds({ ...options, context, tally }, (tables) => {
    for (const table of tables) if (table.rows > 0) shards.addEncoded(table);
    if (shards.isFull()) endPiece();
  });
  return {
    quarantine: tally.quarantine,
    sinkFor: (rule, fileName) =>
      recordSink(fileName, {
        counts: tally.inputs(rule.kind),
        tally,
        compile: (names) =>
          toldWhere({ rule, fileName, names }, () => compileInput(rule, names, context, sink)),
        taken() {
          records += 1;
          if (shards.isFull()) endPiece();
        },
      }),
    linesOf(rule, source) {
      // What is wrong with the rules is told before any line is read.
      toldWhere({ rule, ...source }, () => compileInput(rule, source.names, context, sink));
      return feeds.open(rule, source);
    },
    endPiece,
    finishedPiece: shards.finishedPiece,
    takePiece(kind, count, written) {
      tally.copied(kind, count, written);
      records += count;
      keepPiece(shards.takePiece(written));
    },
    filesRead(facts, saved) {
      endPiece();
      if (!saved) return;
      const filesRead = { pieces: done.length, tally: tally.state(), facts: { ...facts } };
      state = { ...state, filesRead };
      saveState(disk, directory, state);
    },
    async abort() {
      await feeds.close();
      shards.abort();
    },
    tally: () => tally.state(),
    shards: () => done.flat(),
    get records() {
      return records + feeds.records;
    },
  };
}

/** What `compile` gives; a column that is not there is told with the file, its kind and the columns it has. */
function toldWhere<T>(
  {
    rule,
    fileName,
    names,
  }: { rule: InputRule; fileName: string; names?: readonly string[] | undefined },
  compile: () => T,
): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'MAPPING_COLUMN_MISSING') throw error;
    const columns = (names ?? []).join(', ').slice(0, MOST_SHOWN_UNITS);
    const seen = `${error.seen}; ${fileName} (${rule.kind}) has the columns ${columns}`;
    throw new FonotecaError('MAPPING_COLUMN_MISSING', seen, { cause: error });
  }
}

interface RecordTaking {
  readonly counts: ReturnType<RowTally['inputs']>;
  readonly tally: RowTally;
  readonly compile: (names?: readonly string[]) => (view: RecordView) => boolean;
  /** Called behind each record. */
  readonly taken: () => void;
}

function recordSink(fileName: string, { counts, tally, compile, taken }: RecordTaking): RecordSink {
  let take: ((view: RecordView) => boolean) | undefined;
  return {
    header(names) {
      take = compile(names);
    },
    record(value, line) {
      take ??= compile();
      tally.at(fileName, line);
      counts.read += 1;
      if (take({ value, parent: undefined, place: '', fileName })) counts.taken += 1;
      else counts.passed += 1;
      taken();
    },
    refused(line, column, seen) {
      counts.read += 1;
      counts.refused += 1;
      const code = 'IMPORT_RECORD_UNREADABLE';
      tally.quarantine.add({ code, file: fileName, line, column, seen });
      taken();
    },
  };
}

/** The name of a staged table among the shards of `session`. */
export function stagedShards(session: Session, table: string): readonly Shard[] {
  return session.shards().filter((shard) => shard.table === stagedName(table));
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
