/**
 * Runs of a posting list whose code is short, by their bits: a look into a table instead of some forty steps. Most runs of
 * a frequent word are such. Layout of a run: docs/formats/search-index.md.
 */

/** Bits of the longest code that is in a table: of 9 to 14 tried, the size from which on larger ones save nothing. */
export const CODE_BITS = 13;

/**
 * What stands at a place of a table, from the lowest bit: bits of the code (4), fields (3; 0 when the list has none), documents
 * of the run less one (7), gap (13).
 */
export const CODE_PARTS = { fields: 4, length: 7, gap: 14 } as const;

/** One way to say a value: `size` bits, the first one lowest. */
interface Code {
  readonly bits: number;
  readonly size: number;
  readonly value: number;
}

const FIELDS: readonly Code[] = [
  { bits: 1, size: 1, value: 1 },
  { bits: 2, size: 2, value: 2 },
  { bits: 4, size: 3, value: 4 },
  { bits: 8, size: 4, value: 5 },
  // Behind four zeros; the last is none.
  ...[3, 6, 7, 0].map((value, number) => ({ bits: number << 4, size: 6, value })),
];
const NO_FIELDS: readonly Code[] = [{ bits: 0, size: 0, value: 0 }];

/** For each value of the next six bits, the fields that they begin with, and how many bits say so × 8. */
export const FIELD_CODES: Uint8Array = fieldCodes();

function fieldCodes(): Uint8Array {
  const table = new Uint8Array(64);
  for (const { bits, size, value } of FIELDS)
    for (let at = bits; at < table.length; at += 1 << size) table[at] = (size << 3) | value;
  return table;
}

const tables = new Map<number, Int32Array>();

/**
 * For each value of the next `CODE_BITS` bits of a list, the lowest first, the run that they begin with; 0 where its code is longer.
 * `order` is that of the gaps. A table takes 32 KiB, and there are at most 64.
 */
export function runCodes(order: number, hasFields: boolean): Int32Array {
  const key = order * 2 + Number(hasFields);
  let table = tables.get(key);
  if (!table) {
    table = tableOf(order, hasFields ? FIELDS : NO_FIELDS);
    tables.set(key, table);
  }
  return table;
}

function tableOf(order: number, allFields: readonly Code[]): Int32Array {
  const table = new Int32Array(2 ** CODE_BITS);
  const lengths = numbersOf(0);
  for (const gap of numbersOf(order)) {
    for (const fields of allFields) {
      const before = gap.size + fields.size;
      const bits = gap.bits | (fields.bits << gap.size);
      for (const length of lengths) {
        const size = before + length.size;
        if (size > CODE_BITS) break;
        const run =
          size |
          (fields.value << CODE_PARTS.fields) |
          (length.value << CODE_PARTS.length) |
          (gap.value << CODE_PARTS.gap);
        // Whatever stands behind the code.
        for (let at = bits | (length.bits << before); at < table.length; at += 1 << size)
          table[at] = run;
      }
    }
  }
  return table;
}

/** The numbers of `order` whose codes are in a table, those of fewer bits first. */
function numbersOf(order: number): Code[] {
  const codes: Code[] = [];
  for (let zeros = 0; 2 * zeros + 1 + order <= CODE_BITS; zeros += 1) {
    const width = zeros + order;
    for (let low = 0; low < 1 << width; low += 1) {
      const bits = (1 << zeros) | (low << (zeros + 1));
      codes.push({ bits, size: zeros + 1 + width, value: (1 << width) + low - (1 << order) });
    }
  }
  return codes;
}
