/**
 * Writes Thrift's compact protocol, as far as the metadata of Parquet needs it: structs, lists, integers, text.
 * Spec: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
 */

/** A field of a struct: its id and its value. Ids ascend. */
export type ThriftField = readonly [id: number, value: ThriftValue];

/** A value that can be written. */
export type ThriftValue =
  | { readonly kind: 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | {
      readonly kind: 'list';
      readonly of: 'i32' | 'text' | 'struct';
      readonly items: readonly ThriftValue[];
    }
  | { readonly kind: 'struct'; readonly fields: readonly ThriftField[] };

const TYPES = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;
const MORE = 0x80;
/** A field id is written as its distance to the one before, up to this. */
const MOST_DISTANCE = 15;
const SHORT_LIST = 15;

/** The bytes of a struct of `fields`. */
export function thriftStruct(fields: readonly ThriftField[]): Buffer {
  const out: number[] = [];
  writeStruct(out, fields);
  return Buffer.from(out);
}

/** A 32-bit integer or an enumeration. */
export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value });
/** A 64-bit integer, here one that a number holds. */
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value });
/** A text. */
export const text = (value: string): ThriftValue => ({ kind: 'text', value });
/** A struct. */
export const struct = (...fields: ThriftField[]): ThriftValue => ({ kind: 'struct', fields });
/** A list of values of one kind. */
export const list = (
  of: 'i32' | 'text' | 'struct',
  items: readonly ThriftValue[],
): ThriftValue => ({
  kind: 'list',
  of,
  items,
});

function writeStruct(out: number[], fields: readonly ThriftField[]): void {
  let before = 0;
  for (const [id, value] of fields) {
    const distance = id - before;
    if (distance < 1 || distance > MOST_DISTANCE)
      throw new RangeError(`field ${id} after ${before}`);
    out.push((distance << 4) | TYPES[value.kind]);
    writeValue(out, value);
    before = id;
  }
  out.push(0);
}

function writeValue(out: number[], value: ThriftValue): void {
  if (value.kind === 'struct') writeStruct(out, value.fields);
  else if (value.kind === 'text') {
    const bytes = Buffer.from(value.value);
    writeVarint(out, bytes.length);
    for (const byte of bytes) out.push(byte);
  } else if (value.kind === 'list') {
    const { length } = value.items;
    out.push((Math.min(length, SHORT_LIST) << 4) | TYPES[value.of]);
    if (length >= SHORT_LIST) writeVarint(out, length);
    for (const item of value.items) writeValue(out, item);
  } else writeVarint(out, value.value >= 0 ? value.value * 2 : -value.value * 2 - 1);
}

function writeVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= MORE) {
    out.push((rest % MORE) | MORE);
    rest = Math.floor(rest / MORE);
  }
  out.push(rest);
}
