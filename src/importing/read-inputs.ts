/** Reads the files of an import, one after another, into its session. */
import { FonotecaError } from '../base/errors.ts';
import { createCsvParser } from './parse-csv.ts';
import { createJsonParser } from './parse-json.ts';
import type { Parser } from './parse-lines.ts';
import { createXmlParser } from './parse-xml.ts';
import type { DumpFact, SourceFile } from './preset.ts';
import { type ParquetReading, readParquet } from './read-parquet.ts';
import type { RecordSink } from './record-sink.ts';
import { eachChunk, type InputFile, openSource, ruleFor } from './source-files.ts';
import type { SourceMember } from './tar-members.ts';
import { createTarPlaces, type TarPlaces } from './tar-places.ts';

/** What reading works with. */
export interface ReadOptions extends ParquetReading {
  readonly also: readonly string[];
  /** Hears what the dump has said of itself so far; may throw. */
  readonly heard: (facts: DumpFacts) => void;
}

/** What the small files of the dump said; null when it was stopped. */
export type DumpFacts = Readonly<Record<string, string>>;

const MOST_FACT_BYTES = 4096;

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
      const parquet = { input, member, rule, told, readBytes: () => readBytes };
      if (!(await readParquet(parquet, options))) return false;
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
