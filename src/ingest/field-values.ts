/**
 * Single values as people write them in tables and tags, in the one form the model keeps. Each reader returns
 * undefined for what it cannot read: nothing is guessed.
 */
import { z } from 'zod';
import { parseIsrc } from '../model/ids.ts';

/** Longest text the model keeps, in UTF-16 units. */
const MAX_TEXT = 2048;

/** `text` on one line, without control characters, at most `max` long; undefined when nothing is left. */
export function readText(text: string, max = MAX_TEXT): string | undefined {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  const short =
    line.length > max
      ? line
          .slice(0, max)
          .replace(/[\ud800-\udbff]$/, '')
          .trimEnd()
      : line;
  return short === '' ? undefined : short;
}

/** A position such as `3`, `03` or `3/12`: the number before the slash, from 1 to `max`. */
export function readPosition(text: string, max: number): number | undefined {
  const match = /^\s*0*(\d{1,4})(?:\s*\/\s*\d*)?\s*$/.exec(text);
  const value = Number(match?.[1] ?? Number.NaN);
  return value >= 1 && value <= max ? value : undefined;
}

/** A date as `YYYY`, `YYYY-MM` or `YYYY-MM-DD` from those forms, `YYYYMMDD`, or an instant; unknown parts (`00`) are left out. */
export function readDate(text: string): string | undefined {
  const match =
    /^\s*(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?(?:[T ].*)?\s*$/.exec(text) ??
    /^\s*(\d{4})(\d{2})(\d{2})\s*$/.exec(text);
  if (!match || match[1] === '0000') return undefined;
  const [year, month, day] = [match[1]!, Number(match[2] ?? 0), Number(match[3] ?? 0)];
  if (month === 0) return year;
  if (month > 12) return undefined;
  const yearMonth = `${year}-${String(month).padStart(2, '0')}`;
  if (day === 0) return yearMonth;
  return day <= daysIn(Number(year), month)
    ? `${yearMonth}-${String(day).padStart(2, '0')}`
    : undefined;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The first ISRC in `text`, which may list several. */
export function readIsrc(text: string): string | undefined {
  return text
    .split(/[;,/|]/)
    .map((part) => parseIsrc(part))
    .find((isrc) => isrc !== undefined);
}

/** A MusicBrainz id, bare or at the end of its address. */
export function readMbid(text: string): string | undefined {
  const bare = text.trim().replace(/^https?:\/\/musicbrainz\.org\/recording\//i, '');
  return z.uuid().safeParse(bare).success ? bare.toLowerCase() : undefined;
}

/** A number of listens or the like: digits, which spaces, dots or commas may group by three. */
export function readCount(text: string): number | undefined {
  const digits = /^\s*\d{1,3}(?:([ .,\u00a0\u202f])\d{3})(?:\1\d{3})*\s*$/.test(text)
    ? text.replaceAll(/[ .,\u00a0\u202f]/g, '')
    : text.trim();
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** A popularity from 0 to 100, with a point or comma. */
export function readPopularity(text: string): number | undefined {
  const match = /^\s*\d{1,3}(?:[.,]\d+)?\s*$/.test(text)
    ? Number(text.replace(',', '.'))
    : undefined;
  return match !== undefined && match <= 100 ? match : undefined;
}
