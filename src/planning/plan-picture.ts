/** The storage curve as a picture: what a budget keeps of listens, recordings and artists, one curve for each. SVG out. */
import { formatSize } from '../base/sizes.ts';
import type { CurveLine, PlaceMark } from '../charts/chart.ts';
import { drawChart } from '../charts/draw-chart.ts';
import { pointAt } from './curve.ts';
import { type CurveRow, curveRows, drawnSteps } from './plan-at.ts';
import type { OpenPlan } from './plan-file.ts';

const POINTS = 160;
const SHARES = {
  listens: 'share_of_listens',
  recordings: 'share_of_recordings',
  artists: 'share_of_artists',
} as const;

/** The SVG of the curve of `plan`: bytes on a logarithmic scale, the ends of its stages and of the plan itself marked. */
export async function planPicture(plan: Pick<OpenPlan, 'curve' | 'header'>): Promise<string> {
  const { header, curve } = plan;
  const rows = curveRows(plan, drawnSteps(plan, POINTS));
  const ends = new Map<number, string[]>();
  for (const { name, steps } of [{ name: 'this plan', steps: header.cut }, ...header.stages])
    if (steps > 0) ends.set(steps, [...(ends.get(steps) ?? []), name]);
  const heard = header.listens === 'counts' ? 'as counted' : 'as modelled from popularity';
  return await curvesPicture(
    { '': rows },
    {
      shown: ['listens', 'recordings', 'artists'],
      marks: [...ends].map(([steps, names]) => ({
        at: pointAt(curve, steps).bytes,
        label: names.join(', '),
      })),
      subtitle: `Policy ${header.policy.name}, rights ${header.rights}, ${header.totals.tracks} tracks; listens ${heard}. The plan ends at ${formatSize(pointAt(curve, header.cut).bytes)}`,
      name: 'storage-curve',
    },
  );
}

/** The SVG of the curves of plans by name; of one plan alone the name is empty. Bytes are divided by `scale`. */
export async function curvesPicture(
  curves: Readonly<Record<string, readonly CurveRow[]>>,
  {
    shown,
    marks,
    subtitle,
    name,
    scale = 1,
  }: {
    shown: readonly (keyof typeof SHARES)[];
    marks: readonly PlaceMark[];
    subtitle: string;
    name: string;
    scale?: number;
  },
): Promise<string> {
  const lines = Object.entries(curves).flatMap(([plan, rows]) =>
    shown.map((what): CurveLine => {
      const isBand = plan === '' && what === 'listens';
      const column = (key: string) => rows.map((row) => Number(row[key]));
      return {
        label: plan === '' ? what : `${what}, ${plan}`,
        x: column('bytes').map((bytes) => Math.round(bytes / scale)),
        y: column(SHARES[what]),
        ...(isBand && {
          low: column('share_of_listens_low'),
          high: column('share_of_listens_high'),
        }),
      };
    }),
  );
  const { svg } = await drawChart(
    {
      kind: 'curve',
      title: 'What a budget keeps',
      subtitle,
      description: `Shares of ${shown.join(', ')} against bytes published: what comes first adds most, and the last bytes add least.`,
      x: { title: 'Budget', unit: 'bytes', scale: 'log' },
      y: { title: 'Share kept', unit: 'share' },
      lines,
      marks,
    },
    name,
  );
  return svg;
}
