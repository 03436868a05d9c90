/**
 * A reader of the Parquet that we write, for the fuzz: follows the footer to the pages and gives the rows back. It knows
 * PLAIN values, dictionaries, run-length levels and zstd, and asserts that everything else is as it should be.
 */
import assert from 'node:assert/strict';
import zlib from 'node:zlib';

type Fields = Map<number, unknown>;

/** The columns in `bytes` by name, each its values in order; a list is an array. */
export function readParquet(bytes: Buffer): { names: string[]; columns: unknown[][] } {
  assert.equal(
    bytes.toString('latin1', 0, 4) + bytes.toString('latin1', bytes.length - 4),
    'PAR1PAR1',
  );
  const footerBytes = bytes.readUInt32LE(bytes.length - 8);
  const { fields: footer, end } = readStruct(bytes, bytes.length - 8 - footerBytes);
  assert.equal(end, bytes.length - 8);
  const schema = (footer.get(2) as Fields[]).slice(1);
  const tops = schema.filter((element) => ![2, 0].includes(element.get(3) as number));
  const names = tops.map((element) => String(element.get(4)));
  const columns: unknown[][] = names.map(() => []);
  for (const group of footer.get(4) as Fields[]) {
    for (const [index, chunk] of (group.get(1) as Fields[]).entries())
      columns[index]!.push(...readChunk(bytes, chunk.get(3) as Fields));
    for (const column of columns) assert.equal(column.length % 1, 0);
  }
  for (const column of columns) assert.equal(column.length, footer.get(3));
  return { names, columns };
}

function readChunk(bytes: Buffer, meta: Fields): unknown[] {
  const [type, path] = [meta.get(1) as number, meta.get(3) as string[]];
  const isList = path.length > 1;
  const rows: unknown[] = [];
  let at = (meta.get(11) ?? meta.get(9)) as number;
  const firstData = meta.get(9) as number;
  let dictionary: unknown[] = [];
  const end = at + (meta.get(7) as number);
  let seen = 0;
  while (at < end) {
    const { fields: header, end: body } = readStruct(bytes, at);
    const page = zlib.zstdDecompressSync(bytes.subarray(body, body + (header.get(3) as number)));
    assert.equal(page.length, header.get(2));
    if (header.get(1) === 2) {
      assert.equal(at, meta.get(11));
      dictionary = readPlain(page, (header.get(7) as Fields).get(1) as number, type);
      at = body + (header.get(3) as number);
      assert.equal(at, firstData);
      continue;
    }
    const encoding = (header.get(5) as Fields).get(2);
    const count = (header.get(5) as Fields).get(1) as number;
    seen += count;
    if (encoding === 8) addPlaces(rows, page, count, dictionary);
    else addPage(rows, page, { count, type, isList });
    at = body + (header.get(3) as number);
  }
  assert.deepEqual([at, seen], [end, meta.get(5)]);
  return rows;
}

function readPlain(page: Buffer, count: number, type: number): unknown[] {
  const values: unknown[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const size = type === 6 ? 4 + page.readUInt32LE(at) : 8;
    if (type === 6) values.push(page.toString('utf8', at + 4, at + size));
    else values.push(type === 2 ? Number(page.readBigInt64LE(at)) : page.readDoubleLE(at));
    at += size;
  }
  assert.equal(at, page.length);
  return values;
}

/** A page of places in a dictionary: levels, the width of a place, one packed run. */
function addPlaces(rows: unknown[], page: Buffer, count: number, of: readonly unknown[]): void {
  const levelBytes = page.readUInt32LE(0);
  const levels = readLevels(page.subarray(4, 4 + levelBytes), 1, count);
  const width = page[4 + levelBytes]!;
  const present = levels.filter((level) => level === 1).length;
  const places = readLevels(page.subarray(5 + levelBytes), width, present);
  let next = 0;
  for (const level of levels) {
    if (level === 1) assert(places[next]! < of.length);
    rows.push(level === 0 ? null : of[places[next++]!]);
  }
}

function addPage(
  rows: unknown[],
  page: Buffer,
  { count, type, isList }: { count: number; type: number; isList: boolean },
): void {
  let at = 0;
  const levels = (width: number): number[] => {
    const length = page.readUInt32LE(at);
    const found = readLevels(page.subarray(at + 4, at + 4 + length), width, count);
    at += 4 + length;
    return found;
  };
  const repetitions = isList ? levels(1) : [];
  const definitions = levels(isList ? 2 : 1);
  const flagsAt = at;
  let flags = 0;
  const value = (): unknown => {
    if (type === 0) {
      const flag = ((page[flagsAt + (flags >> 3)]! >> (flags & 7)) & 1) === 1;
      flags += 1;
      at = flagsAt + Math.ceil(flags / 8);
      return flag;
    }
    const start = at;
    if (type === 6) {
      at += 4 + page.readUInt32LE(start);
      return page.toString('utf8', start + 4, at);
    }
    at += 8;
    return type === 2 ? Number(page.readBigInt64LE(start)) : page.readDoubleLE(start);
  };
  for (let index = 0; index < count; index++) {
    const level = definitions[index]!;
    if (!isList) rows.push(level === 0 ? null : value());
    else if (repetitions[index] === 1) (rows.at(-1) as unknown[]).push(value());
    else rows.push(level === 0 ? null : level === 1 ? [] : [value()]);
  }
  assert.equal(at, page.length);
}

function readLevels(bytes: Buffer, width: number, count: number): number[] {
  const levels: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = readVarint(bytes, at);
    at = head.end;
    const length = Math.floor(head.value / 2);
    if (head.value % 2 === 0) {
      for (let index = 0; index < length; index++) levels.push(bytes[at]!);
      at += 1;
    } else {
      for (let first = 0; first < length * 8 * width; first += width) {
        let level = 0;
        for (let bit = first; bit < first + width; bit++)
          level |= ((bytes[at + (bit >> 3)]! >> (bit & 7)) & 1) << (bit - first);
        levels.push(level);
      }
      at += length * width;
    }
  }
  assert(levels.length >= count);
  return levels.slice(0, count);
}

function readVarint(bytes: Buffer, from: number): { value: number; end: number } {
  let value = 0;
  for (let at = from; ; at++) {
    value += (bytes[at]! & 0x7f) * 2 ** (7 * (at - from));
    if (bytes[at]! < 0x80) return { value, end: at + 1 };
  }
}

/** A struct of Thrift's compact protocol: values by field id. */
function readStruct(bytes: Buffer, from: number): { fields: Fields; end: number } {
  const fields: Fields = new Map();
  let id = 0;
  let at = from;
  while (bytes[at] !== 0) {
    id += bytes[at]! >> 4;
    const read = readValue(bytes, at + 1, bytes[at]! & 15);
    fields.set(id, read.value);
    at = read.end;
  }
  return { fields, end: at + 1 };
}

function readValue(bytes: Buffer, from: number, type: number): { value: unknown; end: number } {
  if (type === 12) {
    const { fields, end } = readStruct(bytes, from);
    return { value: fields, end };
  }
  if (type === 9) {
    const isLong = bytes[from]! >> 4 === 15;
    const size = isLong ? readVarint(bytes, from + 1) : { value: bytes[from]! >> 4, end: from + 1 };
    const items: unknown[] = [];
    let at = size.end;
    for (let index = 0; index < size.value; index++) {
      const item = readValue(bytes, at, bytes[from]! & 15);
      items.push(item.value);
      at = item.end;
    }
    return { value: items, end: at };
  }
  const { value, end } = readVarint(bytes, from);
  if (type === 8) return { value: bytes.toString('utf8', end, end + value), end: end + value };
  return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, end };
}
