/**
 * What each kind of column of a row file keeps and how: values of a block to bytes and back, every value exactly.
 * Layout: docs/formats/catalogue-files.md.
 */
import { BlockError, type BlockReader, type BlockWriter } from './block-bytes.ts';
import { DATES, ISRCS, type TextCode, UPCS } from './coded-text.ts';
import { putIds, takeIds } from './id-column.ts';
import { putNumbers, takeNumbers } from './number-column.ts';
import {
  listOf,
  listText,
  putTexts,
  type TextSink,
  type TextSource,
  takeTexts,
} from './text-column.ts';

/** A column of a block that was read: the value of each of its rows. */
export type ReadColumn = (row: number) => unknown;

/** One kind of column. */
export interface ColumnCodec {
  put(writer: BlockWriter, sink: TextSink, values: readonly unknown[]): void;
  /** The column of `count` rows. `BlockError`. */
  take(reader: BlockReader, source: TextSource, count: number): ReadColumn;
}

type Put = Parameters<ColumnCodec['put']>;
type Take = Parameters<ColumnCodec['take']>;

/** A row of another table: its rank, or the id where that table has none. */
export type Reference = number | string;

const NULL = 0;
const ODD = 1;
const AS_NUMBERS = 0;
const AS_TEXTS = 1;
/** Room for the numbers that null takes. */
const MOST_WHOLE = 2 ** 53 - 3;

const text: ColumnCodec = {
  put: (...[writer, sink, values]: Put) => putTexts(writer, sink, values as (string | null)[]),
  take: (...given: Take) => columnOf(takeTexts(...given)),
};

const texts: ColumnCodec = {
  put: (writer, sink, values) =>
    putTexts(
      writer,
      sink,
      values.map((list) => listText(list as string[] | null)),
    ),
  take(...given) {
    const lists = takeTexts(...given);
    return (row) => listOf(lists[row]!);
  },
};

const id: ColumnCodec = {
  put: (writer, sink, values) => putIds(writer, sink, values as (string | null)[]),
  take: takeIds,
};

const flag: ColumnCodec = {
  put: (writer, _, values) =>
    putNumbers(
      writer,
      values.map((value) => (value === null ? NULL : value === true ? 2 : 1)),
    ),
  take(reader, _, count) {
    const flags = takeNumbers(reader, count).map((value) => FLAGS[value]);
    if (flags.includes(undefined)) throw new BlockError('a flag that is none');
    return columnOf(flags);
  },
};
const FLAGS: readonly (boolean | null | undefined)[] = [null, false, true];

/** Numbers: whole and not below zero in bits, any others of a block as their shortest text. */
const number: ColumnCodec = {
  put(writer, sink, values) {
    const numbers = values as (number | null)[];
    const isPlain = numbers.every((value) => value === null || isWhole(value));
    writer.byte(isPlain ? AS_NUMBERS : AS_TEXTS);
    if (isPlain)
      putNumbers(
        writer,
        numbers.map((value) => (value === null ? NULL : value + 1)),
      );
    else
      putTexts(
        writer,
        sink,
        numbers.map((value) =>
          value === null ? null : Object.is(value, -0) ? '-0' : String(value),
        ),
      );
  },
  take(reader, source, count) {
    const way = reader.byte();
    if (way === AS_TEXTS)
      return columnOf(
        takeTexts(reader, source, count).map((said) => (said === null ? null : Number(said))),
      );
    if (way !== AS_NUMBERS) throw new BlockError(`numbers of kind ${way}`);
    return columnOf(takeNumbers(reader, count).map((value) => (value === NULL ? null : value - 1)));
  },
};

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MOST_WHOLE && !Object.is(value, -0);
}

/** Numbers above `ODD`, or texts of which the number is `ODD`. */
function putCoded(
  [writer, sink, values]: Put,
  numberOf: (value: string | number) => number | null,
): void {
  const odd: string[] = [];
  const numbers = values.map((value) => {
    if (value === null) return NULL;
    const coded = numberOf(value as string | number);
    if (coded !== null) return coded + ODD + 1;
    odd.push(value as string);
    return ODD;
  });
  putNumbers(writer, numbers);
  if (odd.length > 0) putTexts(writer, sink, odd);
}

function takeCoded([reader, source, count]: Take, textOf: (coded: number) => unknown): ReadColumn {
  const numbers = takeNumbers(reader, count);
  const odd = numbers.filter((value) => value === ODD).length;
  const others = odd > 0 ? takeTexts(reader, source, odd) : [];
  const places = new Map<number, string>();
  for (let row = 0, next = 0; odd > next; row += 1) {
    if (numbers[row] !== ODD) continue;
    const other = others[next++];
    if (typeof other !== 'string') throw new BlockError('a text that is missing');
    places.set(row, other);
  }
  return (row) => {
    const value = numbers[row]!;
    if (value === NULL) return null;
    if (value === ODD) return places.get(row)!;
    const said = textOf(value - ODD - 1);
    if (said === null) throw new BlockError('a number that no text has');
    return said;
  };
}

const asRank = (value: string | number) => (typeof value === 'number' ? value : null);
const rankAs = (rank: number) => rank;

function coded({ numberOf, textOf }: TextCode): ColumnCodec {
  return {
    put: (...given) => putCoded(given, (value) => numberOf(value as string)),
    take: (...given) => takeCoded(given, textOf),
  };
}

const reference: ColumnCodec = {
  put: (...given) => putCoded(given, asRank),
  take: (...given) => takeCoded(given, rankAs),
};

/** Lists of what `item` keeps: how many, all first ones, all others. The first ones of rows that follow are often alike. */
function listed(item: ColumnCodec): ColumnCodec {
  return {
    put(writer, sink, values) {
      const lengths: number[] = [];
      const firsts: unknown[] = [];
      const others: unknown[] = [];
      for (const list of values as (readonly unknown[])[]) {
        lengths.push(list.length);
        if (list.length > 0) firsts.push(list[0]);
        for (let at = 1; at < list.length; at += 1) others.push(list[at]);
      }
      putNumbers(writer, lengths);
      item.put(writer, sink, firsts);
      item.put(writer, sink, others);
    },
    take(reader, source, count) {
      const lengths = takeNumbers(reader, count);
      let present = 0;
      let all = 0;
      const [firsts, others] = [new Uint32Array(count), new Uint32Array(count)];
      for (let row = 0; row < count; row += 1) {
        firsts[row] = present;
        others[row] = all - present;
        if (lengths[row]! > 0) present += 1;
        all += lengths[row]!;
        if (all > MOST_ITEMS) throw new BlockError(`a list of ${lengths[row]} items`);
      }
      const first = item.take(reader, source, present);
      const other = item.take(reader, source, all - present);
      return (row) =>
        Array.from({ length: lengths[row]! }, (_, at) =>
          at === 0 ? first(firsts[row]!) : other(others[row]! + at - 1),
        );
    },
  };
}
/** Items of the lists of a block: a row is at most 1 MiB of text when it is written. */
const MOST_ITEMS = 2 ** 24;

function columnOf(values: readonly unknown[]): ReadColumn {
  return (row) => values[row];
}

/** The kinds of columns. */
export const CODECS = {
  id,
  text,
  texts,
  flag,
  number,
  reference,
  references: listed(reference),
  date: coded(DATES),
  upc: coded(UPCS),
  isrcs: listed(coded(ISRCS)),
} as const satisfies Record<string, ColumnCodec>;
