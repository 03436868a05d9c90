/** Text being written as bytes: the generator makes half a kilobyte a row, and strings would cost it ten times as much. */

/** A buffer and how much of it is written. Whoever writes sees to it that there is room. */
export interface ByteLine {
  readonly bytes: Uint8Array;
  at: number;
}

const DIGITS = Uint8Array.from({ length: 3000 }, (_, at) =>
  String(Math.floor(at / 3))
    .padStart(3, '0')
    .charCodeAt(at % 3),
);

/** An empty line with room for `sizeBytes`. */
export function byteLine(sizeBytes: number): ByteLine {
  return { bytes: new Uint8Array(sizeBytes), at: 0 };
}

/** Appends `bytes`. */
export function put(line: ByteLine, bytes: Uint8Array): void {
  const target = line.bytes;
  const { length } = bytes;
  let at = line.at;
  for (let from = 0; from < length; from += 1) {
    target[at] = bytes[from]!;
    at += 1;
  }
  line.at = at;
}

/** Appends what stands between two places of another line. */
export function putPart(line: ByteLine, source: Uint8Array, from: number, to: number): void {
  const target = line.bytes;
  let at = line.at;
  for (let next = from; next < to; next += 1) {
    target[at] = source[next]!;
    at += 1;
  }
  line.at = at;
}

/** Appends a whole number from 0 to 2⁵³ without leading zeros. */
export function putCount(line: ByteLine, count: number): void {
  if (count >= 1000) {
    const high = Math.floor(count / 1000);
    putCount(line, high);
    putThree(line, count - high * 1000);
    return;
  }
  const { bytes } = line;
  const from = count >= 100 ? 0 : count >= 10 ? 1 : 2;
  for (let digit = from; digit < 3; digit += 1) {
    bytes[line.at] = DIGITS[count * 3 + digit]!;
    line.at += 1;
  }
}

/** Appends the lowest `digits` digits of a whole number, with leading zeros. */
export function putDigits(line: ByteLine, count: number, digits: number): void {
  let rest = count;
  for (let at = line.at + digits - 1; at >= line.at; at -= 1) {
    const high = Math.floor(rest / 10);
    line.bytes[at] = 48 + (rest - high * 10);
    rest = high;
  }
  line.at += digits;
}

/** Appends a number given in thousandths with three decimals, such as `0.047`, `-7.310`. */
export function putThousandths(line: ByteLine, thousandths: number): void {
  let rest = thousandths;
  if (rest < 0) {
    line.bytes[line.at] = 45;
    line.at += 1;
    rest = -rest;
  }
  const whole = Math.floor(rest / 1000);
  putCount(line, whole);
  line.bytes[line.at] = 46;
  line.at += 1;
  putThree(line, rest - whole * 1000);
}

/** What is written, as bytes of its own. */
export function written(line: ByteLine): Uint8Array {
  return line.bytes.slice(0, line.at);
}

function putThree(line: ByteLine, count: number): void {
  const { bytes, at } = line;
  bytes[at] = DIGITS[count * 3]!;
  bytes[at + 1] = DIGITS[count * 3 + 1]!;
  bytes[at + 2] = DIGITS[count * 3 + 2]!;
  line.at = at + 3;
}
