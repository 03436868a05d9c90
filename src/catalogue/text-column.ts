/**
 * Columns of texts or nulls: the lengths stand in the column, the texts of all columns of a block in one piece behind them,
 * which is compressed as a whole. Few different ones are kept once each.
 * Read by text-reader.ts. Layout: docs/formats/catalogue-files.md.
 */
import { BlockError, type BlockWriter } from './block-bytes.ts';
import { putNumbers } from './number-column.ts';

/** Where the texts of a block go, column after column. */
export type TextSink = string[];

/** How texts are written: a byte in front of them. */
export const TEXT_WAYS = { each: 0, once: 1 } as const;

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
    writer.byte(TEXT_WAYS.once);
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
  writer.byte(TEXT_WAYS.each);
  putNumbers(
    writer,
    values.map((value) => (value === null ? 0 : value.length + 1)),
  );
  for (const value of values) if (value !== null) sink.push(value);
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
