/**
 * A column of ids or nulls. Ids of one source and one shape stand together: its name once, what all of them begin with
 * once, then each in 4 bits a hexadecimal digit, 6 bits a letter, or as a number. Layout: docs/formats/catalogue-files.md.
 */
import { BlockError, type BlockReader, type BlockWriter, bitsAt } from './block-bytes.ts';
import { putNumbers } from './number-column.ts';
import { openNumbers, sumBefore, sumOf } from './number-reader.ts';
import { putTexts, type TextSink } from './text-column.ts';
import { openTexts, type TextSource } from './text-reader.ts';

const SHAPES = { text: 0, uuid: 1, letters: 2, number: 3 } as const;
/** More sources and shapes than this in one block are kept as texts. */
const MOST_FORMS = 60;
/** Letters are packed from this length on: shorter ids of changing length would each be a form. */
const LEAST_LETTERS = 16;
const MOST_LETTERS = 64;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_DIGITS = 32;
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;
const LETTERS = /^[0-9A-Za-z]+$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LETTER_CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const VALUES = new Uint8Array(128);
for (let at = 0; at < ALPHABET.length; at += 1) VALUES[LETTER_CODES[at]!] = at;
const HEX = '0123456789abcdef';
const HEX_CODES = Uint8Array.from(HEX, (digit) => digit.charCodeAt(0));
const HEX_VALUES = new Uint8Array(128);
for (let at = 0; at < HEX.length; at += 1) HEX_VALUES[HEX_CODES[at]!] = at;

interface Form {
  readonly source: string;
  readonly shape: number;
  readonly length: number;
  readonly number: number;
  readonly rests: string[];
}

/** Appends `ids`. */
export function putIds(writer: BlockWriter, sink: TextSink, ids: readonly (string | null)[]): void {
  const forms = new Map<string, Form>();
  let last: Form | undefined;
  const which = ids.map((id) => {
    if (id === null) return 0;
    // Most ids are of the form of the one before, which spares looking it up.
    if (last?.shape === SHAPES.letters && isLetters(last, id)) {
      last.rests.push(id.slice(last.source.length));
      return last.number + 1;
    }
    last = formOf(forms, id);
    return last.number + 1;
  });
  writer.varint(forms.size);
  putNumbers(writer, which);
  for (const form of forms.values()) putForm(writer, sink, form);
}

function isLetters({ source, length }: Form, id: string): boolean {
  if (id.length !== source.length + length || !id.startsWith(source)) return false;
  for (let at = source.length; at < id.length; at += 1) {
    const unit = id.charCodeAt(at);
    // Only the first letter has the value 0, as what is none has.
    if (unit > 127 || (VALUES[unit] === 0 && unit !== LETTER_CODES[0])) return false;
  }
  return true;
}

function formOf(forms: Map<string, Form>, id: string): Form {
  const end = id.indexOf(':') + 1;
  const rest = id.slice(end);
  const [shape, length, digits] = shapeOf(rest);
  const source = id.slice(0, end);
  let form = forms.get(`${shape} ${length} ${source}`);
  if (!form && forms.size < MOST_FORMS) {
    form = { source, shape, length, number: forms.size, rests: [] };
    forms.set(`${shape} ${length} ${source}`, form);
  }
  if (form) {
    form.rests.push(digits);
    return form;
  }
  const other = forms.get('other') ?? {
    ...{ source: '', shape: SHAPES.text, length: 0, number: forms.size, rests: [] },
  };
  forms.set('other', other);
  other.rests.push(id);
  return other;
}

function shapeOf(rest: string): [shape: number, length: number, digits: string] {
  const { length } = rest;
  if (length === 36 && UUID.test(rest)) return [SHAPES.uuid, UUID_DIGITS, rest.replaceAll('-', '')];
  if (length <= 15 && NUMBER.test(rest)) return [SHAPES.number, 0, rest];
  if (length >= LEAST_LETTERS && length <= MOST_LETTERS && LETTERS.test(rest))
    return [SHAPES.letters, length, rest];
  return [SHAPES.text, 0, rest];
}

function putForm(
  writer: BlockWriter,
  sink: TextSink,
  { source, shape, length, rests }: Form,
): void {
  const name = Buffer.from(source);
  writer.varint(name.length);
  writer.bytes(name);
  writer.byte(shape);
  if (shape === SHAPES.text) putTexts(writer, sink, rests);
  else if (shape === SHAPES.number) putNumbers(writer, rests.map(Number));
  else putDigits(writer, shape, length, rests);
}

function putDigits(
  writer: BlockWriter,
  shape: number,
  length: number,
  rests: readonly string[],
): void {
  const common = commonLength(rests);
  const [values, width] = shape === SHAPES.uuid ? [HEX_VALUES, 4] : [VALUES, 6];
  writer.byte(length);
  writer.byte(common);
  for (let at = 0; at < common; at += 1) writer.byte(rests[0]!.charCodeAt(at));
  writer.digits(rests, common, values, width);
}

function commonLength(rests: readonly string[]): number {
  const first = rests[0]!;
  let common = first.length;
  for (const rest of rests)
    for (let at = 0; at < common; at += 1)
      if (rest.charCodeAt(at) !== first.charCodeAt(at)) common = at;
  return common;
}

/** A column of ids; an id is made when it is asked for. */
export type IdColumn = (row: number) => string | null;

/** The next `count` ids. `BlockError`. */
export function takeIds(reader: BlockReader, source: TextSource, count: number): IdColumn {
  const forms = reader.varint();
  if (forms > count) throw new BlockError(`${forms} forms of ${count} ids`);
  const which = openNumbers(reader, count);
  const readers = Array.from({ length: forms }, (_, form) => {
    const isOne = (number: number) => Number(number === form + 1);
    const idAt = takeForm(reader, source, sumOf(which, count, isOne));
    const before = sumBefore(which, isOne);
    return (row: number) => idAt(before(row));
  });
  return (row) => {
    const form = which.at(row);
    if (form > forms) throw new BlockError('an id of no form');
    return form === 0 ? null : readers[form - 1]!(row);
  };
}

function takeForm(
  reader: BlockReader,
  source: TextSource,
  count: number,
): (place: number) => string {
  const name = bytesOf(reader, reader.varint()).toString('utf8');
  const shape = reader.byte();
  if (shape === SHAPES.text) {
    const texts = openTexts(reader, source, count);
    return (place) => {
      const text = texts(place);
      if (text === null) throw new BlockError('an id that is missing');
      return name + text;
    };
  }
  if (shape === SHAPES.number) {
    const numbers = openNumbers(reader, count);
    return (place) => name + String(numbers.at(place));
  }
  if (shape !== SHAPES.uuid && shape !== SHAPES.letters)
    throw new BlockError(`ids of shape ${shape}`);
  return takePacked(reader, count, { name, isUuid: shape === SHAPES.uuid });
}

function takePacked(
  reader: BlockReader,
  count: number,
  { name, isUuid }: { name: string; isUuid: boolean },
): (place: number) => string {
  const length = reader.byte();
  const common = reader.byte();
  if (common > length || length > MOST_LETTERS || (isUuid && length !== UUID_DIGITS))
    throw new BlockError('ids of another length');
  const letters = Buffer.alloc(length);
  letters.set(bytesOf(reader, common));
  const [codes, width] = isUuid ? [HEX_CODES, 4] : [LETTER_CODES, 6];
  const each = (length - common) * width;
  const { all } = reader;
  const first = reader.skip(Math.ceil((count * each) / 8)) * 8;
  return (place) => {
    const from = first + place * each;
    for (let at = common; at < length; at += 1) {
      const code = codes[bitsAt(all, from + (at - common) * width, width)];
      if (code === undefined) throw new BlockError('a letter that is none');
      letters[at] = code;
    }
    const digits = letters.toString('latin1');
    return name + (isUuid ? dashed(digits) : digits);
  };
}

function bytesOf(reader: BlockReader, count: number): Buffer {
  const from = reader.skip(count);
  return Buffer.from(reader.all.subarray(from, from + count));
}

function dashed(digits: string): string {
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}
