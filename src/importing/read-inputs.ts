/** Reads the files of an import, one after another, into its session. */
import fs from 'node:fs';
import path from 'node:path';
import { type Disk, openRegular } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { openTables } from '../tables/open-tables.ts';
import type { Tables } from '../tables/tables.ts';
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

/** Reads `inputs` in order. Errors: `IMPORT_SCHEMA_UNKNOWN`, `SOURCE_CHANGED`, `SOURCE_COMPRESSION`, `SOURCE_PARQUET`, `MAPPING_COLUMN_MISSING`. */
export async function readInputs(
  inputs: readonly InputFile[],
  options: ReadOptions,
): Promise<DumpFacts | null> {
  const { watch, session } = options;
  const facts: Record<string, string> = {};
  const totalBytes = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  for (const input of inputs) {
    const tell = (bytes: number) => {
      const { records } = session;
      watch.progress({
        stage: 'import',
        doneItems: records,
        doneBytes: doneBytes + bytes,
        totalBytes,
        item: input.name,
      });
      return !watch.stop.aborted;
    };
    if (!(await readInput(input, facts, tell, options))) return null;
    doneBytes += input.bytes;
  }
  return facts;
}

/** Reads one file; false when it was stopped. */
async function readInput(
  input: InputFile,
  facts: Record<string, string>,
  tell: (bytes: number) => boolean,
  options: ReadOptions,
): Promise<boolean> {
  let readBytes = 0;
  const count = (bytes: number) => {
    readBytes += bytes;
  };
  for await (const member of openSource(options.disk, input, count)) {
    const rule = ruleFor(member.name, options.preset);
    if (!rule) continue;
    if ('fact' in rule) {
      facts[rule.fact] = await readFact(member, rule);
      options.heard(facts);
    } else if (rule.also !== undefined && !options.also.includes(rule.also)) continue;
    else if (rule.format === 'parquet') await readParquet(input, member, rule, options);
    else if (rule.format === 'jsonl' || rule.format === 'copy') {
      const { format, names } = rule;
      const source = {
        fileName: member.name,
        format,
        names: format === 'copy' ? (names ?? []) : undefined,
      };
      const lines = options.session.linesOf(rule, source);
      for await (const chunk of member.chunks) {
        await lines.push(chunk);
        if (!tell(readBytes)) return false;
      }
      await lines.end();
    } else {
      const parser = parserFor(rule, options.session.sinkFor(rule, member.name));
      for await (const chunk of member.chunks) {
        parser.push(chunk);
        if (!tell(readBytes)) return false;
      }
      parser.end();
    }
    if (!tell(readBytes)) return false;
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

/** Foreign Parquet is read by DuckDB, in its own process; what lies in a tar is laid beside for as long as that takes. */
async function readParquet(
  input: InputFile,
  member: SourceMember,
  rule: SourceFile,
  options: ReadOptions,
): Promise<void> {
  const { disk, directory, session } = options;
  const isWhole = isParquet(input.path);
  const file = isWhole ? input.path : path.join(directory, SPOOL);
  if (!isWhole) await spool(disk, file, member);
  await using tables = await openTables({
    work: directory,
    folders: [path.dirname(file)],
    memoryBytes: DOOR_MEMORY_BYTES,
    threads: 1,
  });
  await blamingFile(member.name, async () => {
    const rows = await foreignRows(tables, file);
    await readSelect(tables, rows, session, { rule, fileName: member.name });
  });
  if (!isWhole) disk.unlink(file);
  else if (digestFile(disk, file).sha256 !== input.sha256)
    throw new FonotecaError('SOURCE_CHANGED', input.name);
}

/** Reads the rows of a SELECT by `rule`; their lines are their places in it. */
export async function readSelect(
  tables: Tables,
  sql: string,
  session: Session,
  { rule, fileName }: { readonly rule: InputRule; readonly fileName: string },
): Promise<void> {
  const described = await tables.rows(`SELECT column_name FROM (DESCRIBE ${sql})`);
  const names = described.map(([name]) => String(name));
  const lines = session.linesOf(rule, { fileName, format: 'jsonl', names });
  for await (const chunk of tables.lines(sql)) await lines.push(chunk);
  await lines.end();
}

async function spool(disk: Disk, file: string, member: SourceMember): Promise<void> {
  disk.unlink(file);
  const writer = startDurable(disk, `${file}.part`);
  try {
    for await (const chunk of member.chunks) writer.write(chunk);
    writer.commit(file, { replace: true });
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
