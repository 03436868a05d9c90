/**
 * What each kind of column of a row file keeps and how: values of a block to bytes and back, every value exactly.
 * Layout: docs/formats/catalogue-files.md.
 */
import { BlockError, type BlockReader, type BlockWriter } from './block-bytes.ts';
import { DATES, ISRCS, type TextCode, UPCS } from './coded-text.ts';
import { putIds, takeIds } from './id-column.ts';
import { putNumbers } from './number-column.ts';
import { openNumbers, sumBefore, sumOf } from './number-reader.ts';
import { listOf, listText, putTexts, type TextSink } from './text-column.ts';
import { openTexts, type TextSource } from './text-reader.ts';

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
  take: openTexts,
};

const texts: ColumnCodec = {
  put: (writer, sink, values) =>
    putTexts(
      writer,
      sink,
      values.map((list) => listText(list as string[] | null)),
    ),
  take(...given) {
    const lists = openTexts(...given);
    return (row) => listOf(lists(row));
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
    const flags = openNumbers(reader, count);
    return (row) => {
      const flag = FLAGS[flags.at(row)];
      if (flag === undefined) throw new BlockError('a flag that is none');
      return flag;
    };
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
    if (way === AS_TEXTS) {
      const texts = openTexts(reader, source, count);
      return (row) => {
        const said = texts(row);
        return said === null ? null : Number(said);
      };
    }
    if (way !== AS_NUMBERS) throw new BlockError(`numbers of kind ${way}`);
    const numbers = openNumbers(reader, count);
    return (row) => {
      const value = numbers.at(row);
      return value === NULL ? null : value - 1;
    };
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
  const numbers = openNumbers(reader, count);
  const isOdd = (value: number) => Number(value === ODD);
  const odd = numbers.least > ODD ? 0 : sumOf(numbers, count, isOdd);
  const others = odd > 0 ? openTexts(reader, source, odd) : undefined;
  const before = sumBefore(numbers, isOdd);
  return (row) => {
    const value = numbers.at(row);
    if (value === NULL) return null;
    const said = value === ODD ? others?.(before(row)) : textOf(value - ODD - 1);
    if (said === null || said === undefined) throw new BlockError('a value that is missing');
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
      const lengths = openNumbers(reader, count);
      let here = 0;
      let firsts = 0;
      let others = 0;
      /** Counts the items of the lists before `row`. */
      const goTo = (row: number) => {
        if (row < here) here = firsts = others = 0;
        for (; here < row; here += 1) {
          const length = lengths.at(here);
          if (length === 0) continue;
          firsts += 1;
          others += length - 1;
        }
      };
      goTo(count);
      if (others > MOST_ITEMS) throw new BlockError(`lists of ${others} items`);
      const first = item.take(reader, source, firsts);
      const other = item.take(reader, source, others);
      return (row) => {
        goTo(row);
        const list: unknown[] = [];
        for (let at = 0, length = lengths.at(row); at < length; at += 1)
          list.push(at === 0 ? first(firsts) : other(others + at - 1));
        return list;
      };
    },
  };
}
/** Items of the lists of a block: a row is at most 1 MiB of text when it is written. */
const MOST_ITEMS = 2 ** 24;

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
