/**
 * The short way from a line of JSON to the columns of its tables: where every value of a line already stands there as the
 * catalogue keeps it, its bytes are copied and no text is made of them. Any other line is for the long way (parse-json.ts,
 * compile-input.ts), and both give the same rows.
 */
import type { BytesColumn } from '../formats/parquet-column.ts';
import type { InputContext, InputRule } from './compile-input.ts';
import { MOST_LINE_BYTES } from './parse-lines.ts';
import { type PlainSource, plainTables } from './plain-rule.ts';
import { endOfBytes, equals, NOT_PLAIN, QUOTE } from './plain-texts.ts';
import {
  createFoundValues,
  endOfNull,
  endOfOther,
  endOfSpaces,
  type FoundValues,
  NOTHING,
  plainReader,
  UNSEEN,
  VALUE,
  type ValueReader,
} from './plain-values.ts';
import { isOwnName } from './record-path.ts';

/** Reads lines of one source the short way. */
export interface PlainLines {
  /**
   * Reads the line at `at` of `bytes`, which must be UTF-8 and end with a line's end; returns where the next one begins, or
   * `NOT_PLAIN`. Cost: one pass over the line.
   */
  read(bytes: Uint8Array, at: number): number;
  /** Gives the rows of the line that was read to `rows`. */
  give(rows: PlainRows): void;
}

/** Receives the rows of plain lines. */
export interface PlainRows {
  /** The columns of `table`, to each of which a value is added. */
  columnsOf(table: string): readonly BytesColumn[];
  /** Says that they have one row more. */
  added(table: string): void;
}

const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SMALL_N = 0x6e;
const NO_BYTES = new Uint8Array(0);
/** Of a column that nothing fills. */
const NOWHERE = -1;

/** A member of a line that columns are filled from. */
interface Member {
  readonly path: string;
  /** What else decides how it is read: two columns that read a member in two ways have no plain line. */
  readonly way: string;
  readonly read: ValueReader;
}

interface Field {
  /** Of its member, or `NOWHERE`. */
  readonly place: number;
  readonly kind: 'text' | 'texts' | 'number' | 'flag';
  /** What its texts begin with. */
  readonly head: Uint8Array;
  readonly isNeeded: boolean;
  /** What it has without a value. */
  readonly absent: readonly string[] | null;
}

interface Table {
  readonly table: string;
  readonly fields: readonly Field[];
}

/** The short way for lines of JSON objects read by `rule`; undefined where it says more of them than names and readings. */
export function compilePlainLines(
  rule: InputRule,
  context: Pick<InputContext, 'namespace'>,
): PlainLines | undefined {
  const plain = plainTables(rule, context, (from) =>
    typeof from === 'string' && isOwnName(from) ? [from] : undefined,
  );
  if (!plain) return undefined;
  const members: Member[] = [];
  const tables: Table[] = [];
  for (const { table, columns } of plain) {
    const fields: Field[] = [];
    for (const { kind, source, isNeeded, absent } of columns) {
      const place = source ? placeOf(source, kind, members) : NOWHERE;
      if (place === undefined) return undefined;
      fields.push({
        place,
        kind: kind === 'whole' ? 'number' : kind,
        head: source ? Buffer.from(source.head) : NO_BYTES,
        ...{ isNeeded, absent },
      });
    }
    tables.push({ table, fields });
  }
  return linesOf(members, tables);
}

/** The place of the member that is the `source` of a column, put to the others when it is not among them; undefined when it is not plain. */
function placeOf(
  { name, reading, split }: PlainSource,
  kind: string,
  members: Member[],
): number | undefined {
  const way = JSON.stringify([reading, kind, split ?? null]);
  const known = members.findIndex(({ path }) => path === name);
  if (known >= 0) return members[known]!.way === way ? known : undefined;
  const read = plainReader(reading, kind, split);
  return read && members.push({ path: name, way, read }) - 1;
}

function linesOf(members: readonly Member[], tables: readonly Table[]): PlainLines {
  const found = createFoundValues(members.length);
  const { states } = found;
  const readers = members.map(({ read }) => read);
  const placeAt = createKeyFinder(members);
  const needed = tables.flatMap(({ fields }) =>
    fields.filter(({ isNeeded }) => isNeeded).map(({ place }) => place),
  );
  /** Reads the value behind the key of `place` at `at`; returns where it ends. */
  const readValue = (bytes: Uint8Array, place: number, at: number): number => {
    if (place === NOWHERE) return endOfOther(found, at);
    // Of a member that comes twice the last one counts.
    if (states[place] !== UNSEEN) return NOT_PLAIN;
    if (bytes[at] !== SMALL_N) return readers[place]!(found, place, at);
    states[place] = NOTHING;
    return endOfNull(bytes, at);
  };
  const readMembers = (bytes: Uint8Array, start: number): number => {
    for (let at = start; ; ) {
      if (bytes[at] !== QUOTE) return NOT_PLAIN;
      const place = placeAt(bytes, at + 1);
      const quote =
        place === NOWHERE ? endOfBytes(bytes, at + 1) : at + 1 + members[place]!.path.length;
      if (bytes[quote] !== QUOTE) return NOT_PLAIN;
      at = endOfSpaces(bytes, quote + 1);
      if (bytes[at] !== COLON) return NOT_PLAIN;
      at = readValue(bytes, place, endOfSpaces(bytes, at + 1));
      if (at === NOT_PLAIN) return NOT_PLAIN;
      at = endOfSpaces(bytes, at);
      if (bytes[at] === CLOSE) return at + 1;
      if (bytes[at] !== COMMA) return NOT_PLAIN;
      at = endOfSpaces(bytes, at + 1);
    }
  };
  return {
    read(bytes, start) {
      if (bytes[start] !== OPEN) return NOT_PLAIN;
      states.fill(UNSEEN);
      found.bytes = bytes;
      found.spansUsed = 0;
      let end = readMembers(bytes, endOfSpaces(bytes, start + 1));
      if (end === NOT_PLAIN) return NOT_PLAIN;
      end = endOfSpaces(bytes, end);
      if (bytes[end] === RETURN) end += 1;
      if (bytes[end] !== NEWLINE || end - start > MOST_LINE_BYTES) return NOT_PLAIN;
      for (const place of needed) if (states[place] !== VALUE) return NOT_PLAIN;
      return end + 1;
    },
    give(rows) {
      for (const { table, fields } of tables) {
        if (table === 'features' && lacksAll(fields, states)) continue;
        const columns = rows.columnsOf(table);
        for (let index = 0; index < fields.length; index++)
          addValue(columns[index]!, fields[index]!, found);
        rows.added(table);
      }
    },
  };
}

/** Finds the member whose key begins at `at`, looked for from behind the one found before, since files keep an order. */
function createKeyFinder(members: readonly Member[]) {
  const keys = members.map(({ path }) => Buffer.from(`${path}"`));
  let next = 0;
  return (bytes: Uint8Array, at: number): number => {
    for (let count = 0; count < keys.length; count++) {
      const place = next;
      next = next + 1 === keys.length ? 0 : next + 1;
      if (equals(bytes, at, keys[place]!)) return place;
    }
    return NOWHERE;
  };
}

/** Whether a row has nothing beside its id, which comes first. */
function lacksAll(fields: readonly Field[], states: Uint8Array): boolean {
  for (let index = 1; index < fields.length; index++)
    if (states[fields[index]!.place] === VALUE) return false;
  return true;
}

function addValue(column: BytesColumn, field: Field, found: FoundValues): void {
  const { place, kind, head } = field;
  if (place === NOWHERE || found.states[place] !== VALUE) column.add(field.absent);
  else if (kind === 'text')
    column.addBytes(head, found.bytes, found.from[place]!, found.to[place]!);
  else if (kind === 'texts')
    column.addBytesList(head, found.bytes, found.spans, found.from[place]!, found.to[place]!);
  else if (kind === 'flag') column.add(found.numbers[place] === 1);
  else column.add(found.numbers[place]);
}
