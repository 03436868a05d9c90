/** One hostile file of the corpus: bytes made by code, under the number of the list in docs/hostile-inputs.md that asks for it. */

/** A file and what it stands for. `bytes` is made when asked for: some are large. */
export interface HostileItem {
  readonly number: number;
  /** Unique; the key of the expected codes. */
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

/** Items of one number, from rows of a name and bytes. */
export function itemsOf(
  number: number,
  rows: readonly (readonly [name: string, bytes: Uint8Array | (() => Uint8Array)])[],
): HostileItem[] {
  return rows.map(([name, bytes]) => ({
    number,
    name: `${number}: ${name}`,
    bytes: typeof bytes === 'function' ? bytes : () => bytes,
  }));
}

/** Big-endian 32-bit words. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4);
  return bytes;
}

/** A box of MP4, or a chunk of AIFF: a size that may lie, a name and content. */
export function box(type: string, content: Uint8Array, statedBytes?: number): Buffer {
  return Buffer.concat([words(statedBytes ?? content.length + 8), Buffer.from(type), content]);
}

/** A chunk of RIFF: as `box`, its name first and its size little-endian and of the content alone. */
export function riffChunk(type: string, content: Uint8Array, statedBytes?: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((statedBytes ?? content.length) >>> 0);
  return Buffer.concat([Buffer.from(type), size, content]);
}
