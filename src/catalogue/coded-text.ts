/**
 * Dates, ISRCs and UPCs as whole numbers: short where they have the form that their standard gives them, nothing else is
 * taken. Layout: docs/formats/catalogue-files.md.
 */

/** A text as a number and back. */
export interface TextCode {
  /** The number of `text`, at most 2^52, or null where it has another form. */
  numberOf(text: string): number | null;
  /** The text of a number that `numberOf` gave; null for any other. */
  textOf(number: number): string | null;
}

const MONTHS = 13;
const DAYS = 32;

/** `YYYY`, `YYYY-MM`, `YYYY-MM-DD`: days of a year of 13 months of 32 days, of which the first of each is none. */
export const DATES: TextCode = {
  numberOf(text) {
    const found = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/.exec(text);
    if (!found || found[0] !== text) return null;
    const [, year, month = 0, day = 0] = found;
    return (Number(year) * MONTHS + Number(month)) * DAYS + Number(day);
  },
  textOf(number) {
    const [months, day] = [Math.floor(number / DAYS), number % DAYS];
    const [year, month] = [Math.floor(months / MONTHS), months % MONTHS];
    if (year > 9999 || (month === 0 && day > 0)) return null;
    const parts = [
      digits(year, 4),
      ...[month, day].filter((part) => part > 0).map((part) => digits(part, 2)),
    ];
    return parts.join('-');
  },
};

const DESIGNATIONS = 100_000;
const YEARS = 100;
const REGISTRANTS = 36 ** 3;
const LETTERS = 26;
const A = 'A'.charCodeAt(0);

/** ISRCs (ISO 3901) of twelve characters: country, registrant, year, designation. */
export const ISRCS: TextCode = {
  numberOf(text) {
    if (!/^[A-Z]{2}[A-Z0-9]{3}\d{7}$/.test(text) || text.length !== 12) return null;
    const country = (text.charCodeAt(0) - A) * LETTERS + text.charCodeAt(1) - A;
    const registrant = Number.parseInt(text.slice(2, 5), 36);
    return (country * REGISTRANTS + registrant) * YEARS * DESIGNATIONS + Number(text.slice(5));
  },
  textOf(number) {
    const prefix = Math.floor(number / (YEARS * DESIGNATIONS));
    const country = Math.floor(prefix / REGISTRANTS);
    if (country >= LETTERS * LETTERS) return null;
    const registrant = (prefix % REGISTRANTS).toString(36).toUpperCase().padStart(3, '0');
    const letters = String.fromCharCode(A + Math.floor(country / LETTERS), A + (country % LETTERS));
    return letters + registrant + digits(number % (YEARS * DESIGNATIONS), 7);
  },
};

const MOST_DIGITS = 14;
/** Above the number of digits: the last digit follows from the others. */
const CHECKED = 16;

/** UPCs and EANs of up to 14 digits, without their check digit where it is right (GS1 General Specifications 7.9). */
export const UPCS: TextCode = {
  numberOf(text) {
    if (!/^\d{1,14}$/.test(text) || text.length > MOST_DIGITS) return null;
    const body = text.slice(0, -1);
    if (body + checkDigit(body) === text) return Number(body) * 32 + CHECKED + text.length;
    return Number(text) * 32 + text.length;
  },
  textOf(number) {
    const form = number % 32;
    const length = form % CHECKED;
    if (length === 0 || length > MOST_DIGITS) return null;
    const value = String(Math.floor(number / 32));
    if (form < CHECKED) return value.length > length ? null : value.padStart(length, '0');
    const body = length === 1 ? '' : value.padStart(length - 1, '0');
    return body.length === length - 1 ? body + checkDigit(body) : null;
  },
};

function checkDigit(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1)
    sum += Number(body[body.length - 1 - at]) * (at % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, '0');
}
