/**
 * Columns of texts or nulls: the lengths stand in the column, the texts of all columns of a block in one piece behind them,
 * which is compressed as a whole. Few different ones are kept once each. Layout: docs/formats/catalogue-files.md.
 */
import { BlockError, type BlockReader, type BlockWriter } from './block-bytes.ts';
import { putNumbers, takeNumbers } from './number-column.ts';

/** Where the texts of a block go, column after column. */
export type TextSink = string[];

/** The texts of a block, taken column after column. */
export interface TextSource {
  /** The next `units` UTF-16 units. `BlockError`. */
  take(units: number): string;
  /** `BlockError` when some are left. */
  end(): void;
}

/** The texts that stand from `from` to `end` in the text of a block, which `text` gives when it is needed. */
export function startTextSource(text: () => string, from: number, end: number): TextSource {
  let at = from;
  return {
    take(units) {
      if (units === 0) return '';
      if (!(at + units <= end)) throw new BlockError('texts that end early');
      at += units;
      return text().slice(at - units, at);
    },
    end() {
      if (at !== end) throw new BlockError('texts that nothing names');
    },
  };
}

const EACH = 0;
const ONCE = 1;

/** Appends `values`: what each is to `writer`, the texts to `sink`. */
export function putTexts(
  writer: BlockWriter,
  sink: TextSink,
  values: readonly (string | null)[],
): void {
  const places = new Map<string, number>();
  let present = 0;
  for (const value of values) {
    if (value === null) continue;
    present += 1;
    if (!places.has(value)) places.set(value, places.size);
  }
  // A place costs about as much as a length: it pays when a third of the texts came before.
  if (places.size * 3 <= present * 2) {
    writer.byte(ONCE);
    writer.varint(places.size);
    putNumbers(
      writer,
      Array.from(places.keys(), ({ length }) => length),
    );
    putNumbers(
      writer,
      values.map((value) => (value === null ? 0 : places.get(value)! + 1)),
    );
    for (const text of places.keys()) sink.push(text);
    return;
  }
  writer.byte(EACH);
  putNumbers(
    writer,
    values.map((value) => (value === null ? 0 : value.length + 1)),
  );
  for (const value of values) if (value !== null) sink.push(value);
}

/** The next `count` values of a column. `BlockError`. */
export function takeTexts(
  reader: BlockReader,
  source: TextSource,
  count: number,
): (string | null)[] {
  const way = reader.byte();
  if (way === EACH)
    return takeNumbers(reader, count).map((length) =>
      length === 0 ? null : source.take(length - 1),
    );
  if (way !== ONCE) throw new BlockError(`texts of kind ${way}`);
  const different = reader.varint();
  if (different > count) throw new BlockError(`${different} texts of ${count} values`);
  const lengths = takeNumbers(reader, different);
  const places = takeNumbers(reader, count);
  const texts = lengths.map((length) => source.take(length));
  return places.map((place) => {
    if (place > texts.length) throw new BlockError('a text that is not there');
    return place === 0 ? null : texts[place - 1]!;
  });
}

/** Behind each item of a list. */
const ITEM_END = '\u001f';
/** Before a list that has to be written as JSON. */
const AS_JSON = '\u001e';

/** A list as one text, so that lists that come again are kept once. */
export function listText(list: readonly string[] | null): string | null {
  if (list === null) return null;
  if (list[0]?.startsWith(AS_JSON) || list.some((item) => item.includes(ITEM_END)))
    return AS_JSON + JSON.stringify(list);
  return list.map((item) => item + ITEM_END).join('');
}

/** The list that `text` is. `BlockError`. */
export function listOf(text: string | null): string[] | null {
  if (text === null) return null;
  if (text === '') return [];
  if (text.startsWith(AS_JSON)) return listOfJson(text.slice(1));
  if (!text.endsWith(ITEM_END)) throw new BlockError('a list without an end');
  return text.slice(0, -1).split(ITEM_END);
}

function listOfJson(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new BlockError('a list that is no JSON', { cause: error });
  }
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  throw new BlockError('a list of other things than texts');
}
