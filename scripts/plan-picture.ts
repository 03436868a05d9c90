/** The picture of docs/the-2025-plan.md: what a budget keeps, by policy. Called by scripts/plan-page.ts. */
import type { CurveLine, PlaceMark } from '../src/charts/chart.ts';
import { drawChart } from '../src/charts/draw-chart.ts';
import type { CurveRow } from '../src/planning/plan-at.ts';

/** Shares that are drawn of each policy. */
const DRAWN = [
  ['share_of_listens', 'listens'],
  ['share_of_artists', 'artists'],
] as const;

/** The SVG of the curves of policies by name. Bytes are divided by `scale`; `marks` are places in bytes. */
export async function planPicture(
  curves: Readonly<Record<string, readonly CurveRow[]>>,
  { scale, marks }: { scale: number; marks: readonly PlaceMark[] },
): Promise<string> {
  const lines = Object.entries(curves).flatMap(([policy, rows]) =>
    DRAWN.map(
      ([column, what]): CurveLine => ({
        label: `${what}, ${policy}`,
        x: rows.map((row) => Math.round(Number(row.bytes) / scale)),
        y: rows.map((row) => Number(row[column])),
      }),
    ),
  );
  const { svg } = await drawChart(
    {
      kind: 'curve',
      title: 'What a budget keeps',
      subtitle: 'Shares of listens and of artists, against bytes published',
      description:
        'Listens rise steeply and are nearly all kept long before the bytes are; artists follow later, and sooner with a reserve for the rare.',
      x: { title: 'Budget', unit: 'bytes', scale: 'log' },
      y: { title: 'Share kept', unit: 'share' },
      lines,
      marks,
    },
    'the-2025-plan',
  );
  return svg;
}
