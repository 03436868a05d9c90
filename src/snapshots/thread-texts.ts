/** Texts by number in memory that all threads share: their bytes, and 4 bytes each. */
import { sharedWords } from './rank-map.ts';

/** The memory of texts. */
export interface SharedTexts {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Where each ends, from the beginning of its group. */
  readonly ends: Uint32Array<SharedArrayBuffer>;
  /** Where each group begins. */
  readonly starts: Float64Array<SharedArrayBuffer>;
}

/** Texts whose ends are told from one beginning, which 4 bytes would not tell of all. */
const GROUP = 256;

/** The texts that `text` gives for the numbers below `count`. */
export function shareTexts(count: number, text: (number: number) => string): SharedTexts {
  const starts = new Float64Array(new SharedArrayBuffer(Math.ceil(count / GROUP) * 8));
  const ends = sharedWords(count);
  let bytes = new Uint8Array(new SharedArrayBuffer(2 ** 16));
  let used = 0;
  for (let first = 0; first < count; first += GROUP) {
    const end = Math.min(count, first + GROUP);
    const texts = Array.from({ length: end - first }, (_, at) => Buffer.from(text(first + at)));
    const group = Buffer.concat(texts);
    if (used + group.length > bytes.length) {
      const larger = new SharedArrayBuffer(Math.max(bytes.length * 2, used + group.length));
      new Uint8Array(larger).set(bytes);
      bytes = new Uint8Array(larger);
    }
    bytes.set(group, used);
    starts[first / GROUP] = used;
    let length = 0;
    for (let at = first; at < end; at += 1) {
      length += texts[at - first]!.length;
      ends[at] = length;
    }
    used += group.length;
  }
  return { bytes, ends, starts };
}

/** The text of a number in `shared`. */
export function openTexts({ bytes, ends, starts }: SharedTexts): (number: number) => string {
  const all = Buffer.from(bytes.buffer, 0, bytes.length);
  let last = -1;
  let lastText = '';
  return (number) => {
    if (number === last) return lastText;
    const start = starts[Math.floor(number / GROUP)]!;
    const from = number % GROUP === 0 ? 0 : ends[number - 1]!;
    last = number;
    lastText = all.toString('utf8', start + from, start + ends[number]!);
    return lastText;
  };
}
