/** Marked places of a horizontal axis: a line across the plot and a word above it, in lanes so that no words touch. */
import type { JsonObject } from '../base/canonical-json.ts';
import type { PlaceMark } from './chart.ts';
import { GROUND } from './palette.ts';
import { pictureText } from './picture-text.ts';
import { FONT_SIZE, WIDTH } from './spec-frame.ts';
import { shortened, textWidth } from './text-width.ts';

/** Rough width of a plot beside its axis: enough to tell which words might touch. */
const PLOT_WIDTH = WIDTH - 100;
const LANE_HEIGHT = 16;
const MOST_LANES = 5;

/** Layers of the marks, and how much space they need above the plot. */
export interface Places {
  readonly layers: readonly JsonObject[];
  readonly heightAbove: number;
}

/** The layers of `marks`; `position` tells from a value where between 0 and 1 it stands on the axis. */
export function placesOf(
  marks: readonly PlaceMark[] | undefined,
  position: (value: number) => number,
): Places {
  const shown = (marks ?? []).filter(({ at }) => position(at) >= 0 && position(at) <= 1);
  if (shown.length === 0) return { layers: [], heightAbove: 0 };
  const lanesEnd: number[] = [];
  const rows = [...shown]
    .sort((a, b) => a.at - b.at)
    .map(({ at, label }) => {
      const words = shortened(pictureText(label), PLOT_WIDTH, FONT_SIZE - 1);
      const width = textWidth(words, FONT_SIZE - 1);
      const x = position(at) * PLOT_WIDTH;
      const side = x + width > PLOT_WIDTH ? (x - width < 0 ? 'center' : 'right') : 'left';
      const start = side === 'left' ? x : side === 'right' ? x - width : 0;
      let lane = lanesEnd.findIndex((end) => end + 10 < start);
      if (lane === -1) lane = Math.min(lanesEnd.length, MOST_LANES - 1);
      lanesEnd[lane] = Math.max(lanesEnd[lane] ?? 0, start + width);
      return { at, label: words, lane, side };
    });
  const groups = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = `${row.lane} ${row.side}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return {
    layers: [...groups.values()].flatMap(layersOf),
    heightAbove: lanesEnd.length * LANE_HEIGHT + 4,
  };
}

function layersOf(
  rows: readonly { at: number; label: string; lane: number; side: string }[],
): JsonObject[] {
  const { lane, side } = rows[0]!;
  const top = -6 - lane * LANE_HEIGHT;
  const values = rows.map(({ at, label }) => ({ at, mark: label }));
  const x = { field: 'at', type: 'quantitative' };
  const align = side === 'center' ? 'center' : side;
  return [
    {
      data: { values },
      mark: { type: 'rule', color: GROUND.mark.light, strokeDash: [3, 3] },
      encoding: { x, y: { value: top }, y2: { value: 'height' } },
    },
    {
      data: { values },
      mark: {
        type: 'text',
        align,
        baseline: 'middle',
        dx: side === 'left' ? 4 : side === 'right' ? -4 : 0,
        color: GROUND.mark.light,
        fontSize: FONT_SIZE - 1,
      },
      encoding: { x, y: { value: top }, text: { field: 'mark', type: 'nominal' } },
    },
  ];
}
