/**
 * Imports the files of a source into the catalogue of an archive: `catalogue/imports/<id>/` with Parquet shards,
 * `refused.jsonl` and, last of all, `import.json`. Killed anywhere, the same call completes it with the same files; the same
 * files again change nothing. Spec: docs/formats/catalogue-import.md.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import { attempt, type Disk } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import {
  type FinishedImport,
  IMPORT_RECORD,
  importsDirectory,
  listDumps,
  listImports,
} from '../catalogue/imports.ts';
import {
  IMPORT_TABLES,
  type ImportDump,
  type ImportRecord,
  type ImportTable,
  importRecordSchema,
} from '../model/import-record.ts';
import { createChecksumLists } from './checksum-lists.ts';
import { checkDay, isDay } from './dump-day.ts';
import type { ImportDeps, ImportReport, ImportRequest } from './import-request.ts';
import { createSession, type Session, StaleState, usableState } from './import-session.ts';
import { FRESH_STATE, type ImportState, loadState } from './import-state.ts';
import { refuseOlder } from './older-dumps.ts';
import type { Preset } from './preset.ts';
import { type DumpFacts, readInputs } from './read-inputs.ts';
import { runQueries } from './run-queries.ts';
import { PIECE_ROWS } from './shards.ts';
import { digestFile, findFiles, type InputFile } from './source-files.ts';

const REFUSED = 'refused.jsonl';
const ID_DIGITS = 16;
const PERSON_KEY_BYTES = 32;
/** Of `2026-11-21`. */
const DAY_UNITS = 10;

/**
 * The import of `request`, finished or stopped. Errors: `IMPORT_NOTHING`, `IMPORT_DATE_INVALID`, `IMPORT_OLDER`, `IMPORT_UNDATED`,
 * `IMPORT_SCHEMA_UNKNOWN`, `IMPORT_DUMP_INCOMPLETE`, `SOURCE_TWICE`, `SOURCE_CHECKSUM`, `SOURCE_CHANGED`, `SOURCE_COMPRESSION`,
 * `SOURCE_PARQUET`, `MAPPING_COLUMN_MISSING`, `TABLES_SQL`, those of the disk. Memory: 200 MB, 11–22 bytes for each id of a table
 * whose ids may repeat, and DuckDB's 3 GB where a preset has queries.
 */
export async function runImport(request: ImportRequest, deps: ImportDeps): Promise<ImportReport> {
  const { disk, catalogue } = deps;
  const { preset, dumpDate, paths } = request;
  checkDay(dumpDate);
  const files = findFiles(paths, preset);
  if (files.length === 0) throw new FonotecaError('IMPORT_NOTHING', paths.join(', '));
  const known = listImports(disk, catalogue);
  const others = listDumps(disk, catalogue, preset.name);
  const named = dumpOf(request, files, {});
  const refuseUnread = () => refuseOlder(named, others, isDated(preset) ? 'part' : 'all');
  // What is there already changes nothing, however old it is; only digests tell that it is the same.
  const mayBeThere = known.some(
    ({ record }) => record.source === preset.name && record.dump.date === named.date,
  );
  if (!mayBeThere) refuseUnread();
  const inputs = await digestFiles(files, deps);
  if (!inputs) return { record: null, directory: '', fresh: true, findings: [] };
  const id = importId(request, inputs);
  const directory = path.join(importsDirectory(catalogue), id);
  const same = known.find(({ record }) => record.id === id);
  if (same) {
    clean(disk, same);
    return { record: same.record, directory, fresh: false, findings: [] };
  }
  refuseUnread();
  ensureDirectory(disk, directory);
  const context: Context = { request, deps, inputs, id, directory, others };
  const state = usableState(request.preset, loadState(disk, directory));
  try {
    return await carryOut(context, state);
  } catch (error) {
    if (error instanceof StaleState) return await carryOut(context, FRESH_STATE);
    // What failed before anything was kept leaves nothing that could go on.
    if (disk.list(directory).length === 0) disk.rmdir(directory);
    throw error;
  }
}

/** `files` with their digests; undefined when it was stopped. */
async function digestFiles(
  files: readonly string[],
  { disk, watch }: ImportDeps,
): Promise<InputFile[] | undefined> {
  const totalBytes = files.reduce(
    (sum, file) => sum + attempt(file, () => fs.statSync(file).size),
    0,
  );
  const compareChecksums = createChecksumLists(disk);
  const inputs: InputFile[] = [];
  let doneBytes = 0;
  for (const file of files) {
    const input = await digestFile(disk, file, (bytes) => {
      const item = `digest of ${path.basename(file)}`;
      const doneItems = inputs.length;
      watch.progress({
        stage: 'digest',
        doneItems,
        doneBytes: doneBytes + bytes,
        totalBytes,
        item,
      });
      return !watch.stop.aborted;
    });
    if (!input || watch.stop.aborted) return undefined;
    compareChecksums(file, input);
    inputs.push(input);
    doneBytes += input.bytes;
  }
  return inputs;
}

interface Context {
  readonly request: ImportRequest;
  readonly deps: ImportDeps;
  readonly inputs: readonly InputFile[];
  readonly id: string;
  readonly directory: string;
  /** Dumps of this source that came before. */
  readonly others: readonly ImportDump[];
}

async function carryOut(context: Context, state: ImportState): Promise<ImportReport> {
  const { request, deps, inputs, directory, others } = context;
  const { preset, also = [] } = request;
  const { disk, watch } = deps;
  const { threads = os.availableParallelism(), pieceRows = PIECE_ROWS } = deps;
  const session = createSession({
    preset,
    disk,
    directory,
    state,
    personKey: deps.random.bytes(PERSON_KEY_BYTES),
    pieceRows,
    threads,
    totalBytes: inputs.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const names = inputs.map(({ name }) => name);
  const stopped: ImportReport = { record: null, directory, fresh: true, findings: [] };
  try {
    let facts: DumpFacts | null | undefined = state.filesRead?.facts;
    if (!facts) {
      const heard = (soFar: DumpFacts) =>
        refuseOlder(dumpOf(request, names, soFar), others, 'part');
      const reading = { preset, disk, directory, session, threads, pieceRows, also, watch, heard };
      facts = await readInputs(inputs, reading);
      if (!facts) return stopped;
      if (session.records === 0 && Object.keys(session.tally().inputs).length === 0)
        throw new FonotecaError('IMPORT_NOTHING', names.join(', '));
      refuseIncomplete(preset, facts);
      refuseOlder(dumpOf(request, names, facts), others, 'all');
      session.filesRead(
        facts,
        preset.files.every(({ rows }) => rows === undefined),
      );
    }
    if ((await runQueries(preset, { session, directory, watch })) === 'stopped') return stopped;
    session.endPiece();
    const record = recordOf(context, session, dumpOf(request, names, facts));
    keep(context, session, record);
    return { record, directory, fresh: true, findings: session.quarantine.findings() };
  } finally {
    await session.abort();
  }
}

/** The record says that the import is whole; then everything that is no part of it goes. */
function keep(
  { deps: { disk }, directory }: Context,
  session: Session,
  record: ImportRecord,
): void {
  const lines = session.quarantine.lines();
  putFile(disk, path.join(directory, REFUSED), lines.map((line) => `${line}\n`).join(''), {
    replace: true,
  });
  putFile(disk, path.join(directory, IMPORT_RECORD), `${canonicalJson(record)}\n`, {
    replace: true,
  });
  clean(disk, { directory, record });
}

/** Removes what is no part of a finished import; a run that was killed between its record and its end left it. */
function clean(disk: Disk, { directory, record }: FinishedImport): void {
  const kept = new Set([...record.shards.map(({ file }) => file), REFUSED, IMPORT_RECORD]);
  for (const name of disk.list(directory)) {
    const left = path.join(directory, name);
    if (kept.has(name)) continue;
    // A door to tables that was killed leaves its folder.
    if (disk.stat(left)?.kind === 'directory') removeTree(disk, left);
    else disk.unlink(left);
  }
}

function recordOf(
  { request, deps, inputs, id }: Context,
  session: Session,
  dump: ImportDump,
): ImportRecord {
  const { preset, also = [] } = request;
  const tally = session.tally();
  return importRecordSchema.parse({
    format: 'fonoteca-catalogue-import/2',
    id,
    source: preset.name,
    licence: preset.licence,
    otherLicences: preset.files
      .filter(
        (rule) => rule.also !== undefined && also.includes(rule.also) && rule.licence !== undefined,
      )
      .map((rule) => ({ what: rule.also, licence: rule.licence })),
    dump,
    importedAt: deps.clock.nowIso(),
    files: inputs.map(({ name, bytes, sha256: digest }) => ({ name, bytes, sha256: digest })),
    popularity: preset.popularity ? { ...preset.popularity, date: dump.date } : null,
    inputs: tally.inputs,
    tables: tally.tables,
    refusedValues: tally.refusals.counts.IMPORT_VALUE_REFUSED,
    shards: session.shards().filter(({ table }) => IMPORT_TABLES.includes(table as ImportTable)),
  });
}

function importId(
  { preset, dumpDate, also = [] }: ImportRequest,
  inputs: readonly InputFile[],
): string {
  const files = inputs.map(({ name, sha256: digest }) => ({ name, digest }));
  const identity = { preset, dumpDate, also: [...also], files };
  return `${preset.name}-${sha256(JSON.stringify(identity)).slice(0, ID_DIGITS)}`;
}

/** The dump's own word, else the operator's, else the names of the files. */
function dumpOf(
  { preset, dumpDate }: ImportRequest,
  files: readonly string[],
  facts: DumpFacts,
): ImportDump {
  const pattern = preset.dated === undefined ? undefined : new RegExp(preset.dated, 'u');
  const named = files.map((file) => {
    const [, year, month, day] = pattern?.exec(path.basename(file)) ?? [];
    return `${year}-${month}-${day}`;
  });
  const stated = (facts.date ?? '').slice(0, DAY_UNITS);
  const sequence = Number(facts.sequence ?? Number.NaN);
  return {
    // Digits in the name of a file may be anything: what is no day says none.
    date: dumpDate ?? [stated, ...named].find(isDay) ?? null,
    sequence: Number.isSafeInteger(sequence) ? sequence : null,
  };
}

/** Whether files of the dump say its day or number. */
function isDated({ facts = [] }: Preset): boolean {
  return facts.some(({ fact }) => fact !== 'schema');
}

function refuseIncomplete(preset: Preset, facts: DumpFacts): void {
  const lacking = (preset.needs ?? []).filter((fact) => facts[fact] === undefined);
  if (lacking.length === 0) return;
  const files = preset.facts
    ?.filter(({ fact }) => lacking.includes(fact))
    .map(({ match }) => match);
  throw new FonotecaError('IMPORT_DUMP_INCOMPLETE', `no ${(files ?? lacking).join(', ')}`);
}
