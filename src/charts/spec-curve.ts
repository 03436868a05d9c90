/** The specification of curves: lines, bands of uncertainty, and dots where a line would not be seen. */
import type { JsonObject } from '../base/canonical-json.ts';
import type { CurveChart, CurveLine } from './chart.ts';
import { distinctTexts } from './picture-text.ts';
import {
  type Domain,
  domainOf,
  frameOf,
  legendOf,
  partOf,
  positionOf,
  roomy,
  seriesColours,
} from './spec-frame.ts';
import { placesOf } from './spec-places.ts';

/** A line of so few points shows them as dots as well. */
const FEW_POINTS = 12;
/** Series differ by their dashes too, for whoever tells no colours apart. */
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [12, 4],
  [4, 2, 1, 2, 1, 2],
  [1, 3],
  [10, 2],
];

/** The specification of `chart`. */
export function curveSpec(chart: CurveChart): JsonObject {
  const labels = distinctTexts(chart.lines.map(({ label }) => label));
  const across = domainOf(
    chart.x,
    chart.lines.flatMap(({ x }) => x),
    false,
  );
  const up = heights(chart);
  const places = placesOf(chart.marks, (value) => partOf(value, across, chart.x.scale === 'log'));
  const several = labels.length > 1;
  const styles = seriesStyles(labels, several && places.heightAbove);
  const x = { field: 'x', ...positionOf(chart.x, across, 'x') };
  const y = { field: 'y', ...positionOf(chart.y, up, 'y') };
  const hasBand = chart.lines.some(({ low, high }) => low && high);
  return {
    ...frameOf(chart, {
      titleGap: several ? 10 : 10 + places.heightAbove,
      ...(several && { extraHeight: legendOf(labels).height + places.heightAbove }),
    }),
    data: {
      values: chart.lines.flatMap((line, at) =>
        rowsOf(line, labels[at]!, up, [chart.x.scale === 'log', chart.y.scale === 'log']),
      ),
    },
    layer: [
      ...(hasBand
        ? [
            {
              transform: [{ filter: { field: 'low', valid: true } }],
              mark: { type: 'area', opacity: 0.22, line: false },
              encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, ...styles.fill },
            },
          ]
        : []),
      {
        mark: { type: 'line', clip: false, invalid: 'break-paths-show-domains' },
        encoding: { x, y, ...styles.stroke },
      },
      {
        transform: [{ filter: { field: 'dot', equal: true } }],
        mark: { type: 'point', filled: true, size: 26, opacity: 1 },
        encoding: { x, y, ...styles.fill },
      },
      ...places.layers,
    ],
  };
}

function heights({ y, lines }: CurveChart): Domain {
  const middle = domainOf(
    y,
    lines.flatMap((line) => line.y),
    false,
  );
  const bands = lines.flatMap(({ low, high }) => [...(low ?? []), ...(high ?? [])]);
  // A bound near nothing would press the curve itself to the upper edge of a log axis.
  const kept = bands.map((bound) =>
    y.scale === 'log' && bound !== null ? Math.max(bound, middle[0] / 1000) : bound,
  );
  const domain = domainOf(y, [...middle, ...kept], middle[0] >= 0 && middle[0] < middle[1] / 2);
  if (y.unit === 'share' && y.scale !== 'log' && domain[1] <= 1 && domain[1] > 0.9)
    return [domain[0], 1];
  return roomy(domain, y);
}

function rowsOf(
  line: CurveLine,
  series: string,
  up: Domain,
  [logX, logY]: readonly [boolean, boolean],
): JsonObject[] {
  const y = line.y.map((value) => (value !== null && logY && value <= 0 ? null : value));
  const few = line.x.length <= FEW_POINTS;
  return line.x.flatMap((x, at) => {
    if (logX && x <= 0) return [];
    const [low, high] = [line.low?.[at] ?? null, line.high?.[at] ?? null];
    const alone = (y[at - 1] ?? null) === null && (y[at + 1] ?? null) === null;
    const dot = y[at] !== null && (few || alone);
    const band = low !== null && high !== null && (!logY || high > 0);
    return {
      series,
      x,
      y: y[at]!,
      ...(band && { low: logY ? Math.max(low, up[0]) : low, high }),
      ...(dot && { dot }),
    };
  });
}

/** The legend stands above the marked places, `gap` pixels further from the plot. */
function seriesStyles(
  labels: string[],
  gap: number | false,
): Record<'fill' | 'stroke', JsonObject> {
  if (gap === false) return { fill: {}, stroke: {} };
  const field = { field: 'series', type: 'nominal', sort: labels };
  const legend = {
    columns: legendOf(labels).columns,
    offset: 8 + gap,
    symbolType: 'stroke',
    symbolStrokeWidth: 2,
    symbolSize: 260,
  };
  const scale = { domain: labels, range: seriesColours(labels.length) };
  const dashes = labels.map((_, at) => DASHES[at % DASHES.length]!);
  return {
    fill: { color: { ...field, scale, legend } },
    stroke: {
      color: { ...field, scale, legend },
      strokeDash: { ...field, scale: { domain: labels, range: dashes }, legend },
    },
  };
}
