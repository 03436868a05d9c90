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

/** Behind four zeros. */
export const RARE_FIELDS: readonly number[] = [3, 6, 7, 0];

const tables = new Map<number, Int32Array>();

/**
 * For each value of the next `CODE_BITS` bits of a list, the lowest first, the run that they begin with; 0 where its code is longer.
 * `order` is that of the gaps. A table takes 32 KiB, and there are at most 64.
 */
export function runCodes(order: number, hasFields: boolean): Int32Array {
  const key = order * 2 + Number(hasFields);
  let table = tables.get(key);
  if (!table) {
    table = Int32Array.from({ length: 2 ** CODE_BITS }, (_, bits) =>
      codeOf(bits, order, hasFields),
    );
    tables.set(key, table);
  }
  return table;
}

/** The run that `bits` begin with, as a table has it. */
function codeOf(bits: number, order: number, hasFields: boolean): number {
  const gap = numberAt(bits, 0, order);
  if (!gap) return 0;
  const fields = hasFields ? fieldsAt(bits, gap.end) : { value: 0, end: gap.end };
  const length = fields && numberAt(bits, fields.end, 0);
  if (!length) return 0;
  return (
    length.end |
    (fields.value << CODE_PARTS.fields) |
    (length.value << CODE_PARTS.length) |
    (gap.value << CODE_PARTS.gap)
  );
}

interface Part {
  readonly value: number;
  /** The bit behind it. */
  readonly end: number;
}

/** The number of `order` that begins at bit `from`; undefined when it does not end within the code. */
function numberAt(bits: number, from: number, order: number): Part | undefined {
  const zeros = zerosAt(bits, from);
  const width = zeros + order;
  const end = from + zeros + 1 + width;
  if (end > CODE_BITS) return undefined;
  const low = (bits >>> (from + zeros + 1)) & (2 ** width - 1);
  return { value: 2 ** width + low - 2 ** order, end };
}

function fieldsAt(bits: number, from: number): Part | undefined {
  const zeros = zerosAt(bits, from);
  const end = from + (zeros < 4 ? zeros + 1 : 6);
  if (end > CODE_BITS) return undefined;
  if (zeros >= 4) return { value: RARE_FIELDS[(bits >>> (from + 4)) & 3]!, end };
  return { value: zeros === 3 ? 5 : 1 << zeros, end };
}

/** How many zeros stand from bit `from` on; as many as there are bits when there is no one behind them. */
function zerosAt(bits: number, from: number): number {
  const rest = bits >>> from;
  return rest === 0 ? CODE_BITS : 31 - Math.clz32(rest & -rest);
}
