/** Reads the files of an import, one after another, into its session. */
import fs from 'node:fs';
import path from 'node:path';
import { type Disk, openRegular } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { openTables } from '../tables/open-tables.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import type { InputRule } from './compile-input.ts';
import { blamingFile, foreignRows } from './foreign-parquet.ts';
import type { Session } from './import-session.ts';
import { createCsvParser } from './parse-csv.ts';
import { createJsonParser } from './parse-json.ts';
import type { Parser } from './parse-lines.ts';
import { createXmlParser } from './parse-xml.ts';
import type { DumpFact, Preset, SourceFile } from './preset.ts';
import type { RecordSink } from './record-sink.ts';
import { digestFile, type InputFile, openSource, ruleFor } from './source-files.ts';
import type { SourceMember } from './tar-members.ts';
import { createTarPlaces, type TarPlaces } from './tar-places.ts';

/** What reading works with. */
export interface ReadOptions {
  readonly preset: Preset;
  readonly disk: Disk;
  /** The folder of the import. */
  readonly directory: string;
  readonly session: Session;
  readonly also: readonly string[];
  readonly watch: Watch;
  /** Hears what the dump has said of itself so far; may throw. */
  readonly heard: (facts: DumpFacts) => void;
}

/** What the small files of the dump said; null when it was stopped. */
export type DumpFacts = Readonly<Record<string, string>>;

const MOST_FACT_BYTES = 4096;
const DOOR_MEMORY_BYTES = 2 ** 30;
const SPOOL = 'spool.parquet';

/**
 * Reads `inputs` in order. Errors: `IMPORT_SCHEMA_UNKNOWN`, `SOURCE_CHANGED`, `SOURCE_COMPRESSION`, `SOURCE_PARQUET`, `SOURCE_TWICE`,
 * `MAPPING_COLUMN_MISSING`.
 */
export async function readInputs(
  inputs: readonly InputFile[],
  options: ReadOptions,
): Promise<DumpFacts | null> {
  const { watch, session } = options;
  const facts: Record<string, string> = {};
  const placesIn = createTarPlaces(inputs);
  const totalBytes = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  for (const input of inputs) {
    const told = (bytes: number) => {
      watch.progress({
        stage: 'import',
        doneItems: session.records,
        doneBytes: doneBytes + bytes,
        totalBytes,
        item: input.name,
      });
      return !watch.stop.aborted;
    };
    if (!(await readInput(input, { facts, told, placed: placesIn(input) }, options))) return null;
    doneBytes += input.bytes;
  }
  return facts;
}

/** What one file is read with. */
interface Reading {
  readonly facts: Record<string, string>;
  /** Hears of the bytes read so far; false when it is time to stop. */
  readonly told: (bytes: number) => boolean;
  readonly placed: TarPlaces;
}

/** Reads one file; false when it was stopped. */
async function readInput(
  input: InputFile,
  { facts, told, placed }: Reading,
  options: ReadOptions,
): Promise<boolean> {
  let readBytes = 0;
  const count = (bytes: number) => {
    readBytes += bytes;
  };
  const goesOn = () => told(readBytes);
  for await (const member of openSource(options.disk, input, count)) {
    const rule = ruleFor(member.name, options.preset);
    const isWanted = rule && ('fact' in rule || isTaken(rule, options));
    if (isWanted && member.inTar !== undefined) placed(member.inTar);
    if (!isWanted) {
      if (!(await eachChunk(member.packed, () => {}, goesOn))) return false;
    } else if ('fact' in rule) {
      facts[rule.fact] = await readFact(member, rule);
      options.heard(facts);
    } else if (rule.format === 'parquet') {
      if (!(await readParquet({ input, member, rule, told, readBytes: () => readBytes }, options)))
        return false;
    } else if (!(await readRecords(member, rule, goesOn, options))) return false;
    if (!goesOn()) return false;
  }
  return true;
}

function isTaken({ also }: SourceFile, options: ReadOptions): boolean {
  return also === undefined || options.also.includes(also);
}

/** Reads the records of a file; false when it was stopped. */
async function readRecords(
  member: SourceMember,
  rule: SourceFile,
  goesOn: () => boolean,
  { session }: ReadOptions,
): Promise<boolean> {
  const { format, names } = rule;
  const { name: fileName } = member;
  const parser =
    format === 'jsonl' || format === 'copy'
      ? session.linesOf(rule, {
          ...{ fileName, format },
          names: format === 'copy' ? names : undefined,
        })
      : parserFor(rule, session.sinkFor(rule, fileName));
  if (!(await eachChunk(member.chunks, (chunk) => parser.push(chunk), goesOn))) return false;
  await parser.end();
  return true;
}

/** Gives `chunks` to `take`; false when that was stopped before their end. */
async function eachChunk(
  chunks: AsyncIterable<Buffer>,
  take: (chunk: Buffer) => Promise<void> | void,
  goesOn: () => boolean,
): Promise<boolean> {
  for await (const chunk of chunks) {
    await take(chunk);
    if (!goesOn()) return false;
  }
  return true;
}

function parserFor(rule: SourceFile, sink: RecordSink): Parser {
  switch (rule.format) {
    case 'csv':
      return createCsvParser({ delimiter: rule.delimiter ?? ',', names: rule.names }, sink);
    case 'json':
      return createJsonParser(rule.record, sink);
    default:
      return createXmlParser(rule.record ?? 'record', sink);
  }
}

async function readFact(member: SourceMember, rule: DumpFact): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of member.chunks) {
    bytes += chunk.length;
    if (bytes <= MOST_FACT_BYTES) parts.push(chunk);
  }
  const fact = Buffer.concat(parts).toString('utf8').trim();
  if (rule.in && !rule.in.includes(fact))
    throw new FonotecaError(
      'IMPORT_SCHEMA_UNKNOWN',
      `${member.name} ${JSON.stringify(fact.slice(0, 40))}, known: ${rule.in.join(', ')}`,
    );
  return fact;
}

interface ParquetMember extends Pick<Reading, 'told'> {
  readonly input: InputFile;
  readonly member: SourceMember;
  readonly rule: SourceFile;
  /** Bytes of the input that have been read from the disk here. */
  readonly readBytes: () => number;
}

/**
 * Foreign Parquet is read by DuckDB, in its own process; what lies in a tar is laid beside for as long as that takes. False
 * when it was stopped.
 */
async function readParquet(
  { input, member, rule, told, readBytes }: ParquetMember,
  options: ReadOptions,
): Promise<boolean> {
  const { disk, directory, session, watch } = options;
  const isWhole = isParquet(input.path);
  const file = isWhole ? input.path : path.join(directory, SPOOL);
  if (!isWhole && !(await spool(disk, file, member, () => told(readBytes())))) return false;
  await using tables = await openTables({
    work: directory,
    folders: [path.dirname(file)],
    memoryBytes: DOOR_MEMORY_BYTES,
    threads: 1,
  });
  const before = session.records;
  const isRead = await blamingFile(member.name, async () => {
    const rows = await foreignRows(tables, file);
    const [[rowCount] = []] = await tables.rows(
      `SELECT count(*) FROM read_parquet(${quoted(file)})`,
    );
    // DuckDB reads where nobody counts bytes: as much of them is told as of the rows.
    const goesOn = () => {
      const share = (session.records - before) / Math.max(1, Number(rowCount));
      return told(isWhole ? Math.floor(input.bytes * Math.min(1, share)) : readBytes());
    };
    return await readSelect(tables, rows, session, { rule, fileName: member.name, goesOn });
  });
  if (!isRead) return false;
  if (!isWhole) {
    disk.unlink(file);
    return true;
  }
  const after = await digestFile(disk, file, () => !watch.stop.aborted);
  if (after && after.sha256 !== input.sha256) throw new FonotecaError('SOURCE_CHANGED', input.name);
  return after !== undefined;
}

/** What the rows of a SELECT are read by. */
export interface SelectSource {
  readonly rule: InputRule;
  readonly fileName: string;
  /** Asked between blocks of rows; false when it is time to stop. */
  readonly goesOn: () => boolean;
}

/** Reads the rows of a SELECT by its rule, their lines being their places in it; false when it was stopped. */
export async function readSelect(
  tables: Tables,
  sql: string,
  session: Session,
  { rule, fileName, goesOn }: SelectSource,
): Promise<boolean> {
  const described = await tables.rows(`SELECT column_name FROM (DESCRIBE ${sql})`);
  const names = described.map(([name]) => String(name));
  const lines = session.linesOf(rule, { fileName, format: 'jsonl', names });
  for await (const chunk of tables.lines(sql)) {
    await lines.push(chunk);
    if (!goesOn()) return false;
  }
  await lines.end();
  return true;
}

async function spool(
  disk: Disk,
  file: string,
  member: SourceMember,
  goesOn: () => boolean,
): Promise<boolean> {
  disk.unlink(file);
  const writer = startDurable(disk, `${file}.part`);
  try {
    const isWhole = await eachChunk(member.chunks, (chunk) => void writer.write(chunk), goesOn);
    if (isWhole) writer.commit(file, { replace: true });
    else writer.abort();
    return isWhole;
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

function isParquet(file: string): boolean {
  const descriptor = openRegular(file, fs.constants.O_RDONLY);
  try {
    const head = Buffer.alloc(4);
    fs.readSync(descriptor, head, 0, 4, 0);
    return head.toString('latin1') === 'PAR1';
  } finally {
    fs.closeSync(descriptor);
  }
}
