/**
 * Numbers as people read them: short beside a mark, exact in a table, and as an expression for the labels of an axis.
 * No locale: a comma groups thousands, a point comes before decimals, on every machine.
 */
import { formatDuration, formatSize } from '../base/sizes.ts';
import type { Unit } from './chart.ts';

/** `value` in few figures, such as `3.14 M`, `99.6 %` or `3:20`. */
export function shortNumber(value: number, unit: Unit): string {
  if (value < 0) return `\u2212${shortNumber(-value, unit)}`;
  if (unit === 'share') return `${shareFigures(value)}\u00a0%`;
  if (unit === 'bytes') return formatSize(Math.round(value)).replace(' ', '\u00a0');
  if (unit === 'duration') return duration(value);
  if (unit === 'year') return String(value);
  if (unit === 'money') return `$${value < 100 ? fixed(value, 2) : scaled(value)}`;
  return scaled(value);
}

/** `value` with all its figures, as a table gives it: `256,039,007`; null is a dash. */
export function exactNumber(value: number | null, unit: Unit): string {
  if (value === null) return '\u2013';
  if (value < 0) return `\u2212${exactNumber(-value, unit)}`;
  if (unit === 'share') return `${plain(Number((value * 100).toPrecision(6)))}\u00a0%`;
  if (unit === 'year') return String(value);
  if (unit === 'duration') return duration(value);
  if (unit === 'money') return `$${fixed(value, 2)}`;
  const figures = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  return unit === 'bytes' ? `${plain(figures)}\u00a0B` : plain(figures);
}

/** Whole thousands grouped, from a text of digits with or without decimals. */
function grouped(digits: string): string {
  const [whole, decimals] = digits.split('.');
  const groups = whole!.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}

/** `value` with all its figures and without an exponent, unless it is smaller than a billionth. */
function plain(value: number): string {
  if (value !== 0 && value < 1e-9) return value.toExponential(2);
  const digits = String(value);
  return digits.includes('e') ? trimmed(value.toFixed(15)) : grouped(digits);
}

function fixed(value: number, decimals: number): string {
  return grouped(value.toFixed(decimals));
}

function trimmed(digits: string): string {
  return digits.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** Three figures with k, M and bn; below ten thousand whole numbers stand as they are. */
function scaled(value: number): string {
  if (Number.isInteger(value) && value < 1e4) return grouped(String(value));
  const steps = [
    [1e12, 'tn'],
    [1e9, 'bn'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  // 999,999 is a million in three figures, so the step is chosen after rounding.
  const rounded = Number(value.toPrecision(3));
  const step = steps.find(([size]) => rounded >= size && rounded >= 1e4);
  if (!step) return plain(rounded);
  return `${plain(Number((rounded / step[0]).toPrecision(3)))}\u00a0${step[1]}`;
}

/** Three figures of a part of one; what is nearly all is never called all, nor what is hardly anything nothing. */
function shareFigures(share: number): string {
  const percent = Number((share * 100).toPrecision(12));
  if (percent > 99.9 && percent < 100)
    return plain(Number((100 - nearZero(100 - percent)).toFixed(9)));
  return plain(nearZero(percent));
}

function nearZero(percent: number): number {
  return Number(percent.toPrecision(percent < 0.1 ? 1 : 3));
}

function duration(seconds: number): string {
  return seconds < 10 && !Number.isInteger(seconds)
    ? `${trimmed(seconds.toFixed(2))}\u00a0s`
    : formatDuration(seconds * 1000);
}

const SCALED_LABEL = stepped(
  [
    ['1e12', 'tn'],
    ['1e9', 'bn'],
    ['1e6', 'M'],
    ['1e4', 'k', '1e3'],
  ],
  "format(datum.value, ',.6~r')",
);

/** By unit, the expression that writes the label of an axis. None holds anything that comes from data. */
export const AXIS_LABELS: Readonly<Record<Unit, string>> = {
  count: SCALED_LABEL,
  number: SCALED_LABEL,
  money: `'$' + (${SCALED_LABEL})`,
  share: "format(datum.value * 100, ',.6~r') + ' %'",
  year: "format(datum.value, 'd')",
  bytes: stepped(
    [
      ['1e15', 'PB'],
      ['1e12', 'TB'],
      ['1e9', 'GB'],
      ['1e6', 'MB'],
      ['1e3', 'kB'],
    ],
    "format(datum.value, ',.6~r') + ' B'",
  ),
  duration: [
    "datum.value > 0 && datum.value < 1 ? format(datum.value, '.3~r') + ' s'",
    "datum.value >= 3600 && datum.value % 3600 === 0 ? format(datum.value / 3600, ',.6~r') + ' h'",
    "datum.value >= 3600 ? floor(datum.value / 3600) + ':' + pad(floor(datum.value / 60) % 60, 2, '0', 'left') + ':' + pad(floor(datum.value) % 60, 2, '0', 'left')",
    "floor(datum.value / 60) + ':' + pad(floor(datum.value) % 60, 2, '0', 'left')",
  ].join(' : '),
};

/** Rows are from which size on, the unit, and what to divide by when it is another. */
function stepped(
  rows: readonly (readonly [string, string] | readonly [string, string, string])[],
  otherwise: string,
): string {
  const cases = rows.map(
    ([from, unit, by]) =>
      `abs(datum.value) >= ${from} ? format(datum.value / ${by ?? from}, ',.4~r') + ' ${unit}' : `,
  );
  return `${cases.join('')}${otherwise}`;
}
