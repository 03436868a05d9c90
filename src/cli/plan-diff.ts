/** How `fonoteca plan` tells what one plan over the catalogue has that another has not. */
import type { Archive } from '../archive.ts';
import type { Json } from '../base/canonical-json.ts';
import { type ChangedTrack, comparePlans, type PlanComparison } from '../plan-comparison.ts';
import { statusLines } from './plan-catalogue.ts';
import { printable, type Reporter } from './reporter.ts';

/** Changes that are shown as text; `--json` has all. */
const SHOWN_CHANGES = 20;

/** Prints what the plan in force keeps, gains and loses against the one in `file`, or the one before it. */
export async function tellDiff(
  archive: Archive,
  file: string | undefined,
  reporter: Reporter,
): Promise<number> {
  const comparison = await comparePlans(archive, file);
  reporter.result(
    'plan-diff',
    comparison as unknown as { [key: string]: Json },
    textOf(comparison).map(printable).join('\n'),
  );
  return 0;
}

function textOf({ older, newer, diff }: PlanComparison): string[] {
  const sides = [older, newer].map(
    ({ file, snapshot, isKept }) =>
      `plans/${file} over ${snapshot}${isKept ? '' : ', which is gone'}`,
  );
  if (diff === null)
    return [
      `${sides.join(' and ')}: no track of one can be found in the other, only the sums are known`,
      ...[older, newer].flatMap(({ file, statuses }) => [
        `plans/${file}:`,
        ...statusLines(statuses),
      ]),
    ];
  const how =
    older.snapshot === newer.snapshot
      ? 'over the same snapshot'
      : 'over two snapshots, by stable id';
  return [
    `${sides[1]} against ${sides[0]}, ${how}: ${diff.kept} kept, ${diff.gained} gained, ${diff.lost} lost`,
    ...diff.changes
      .slice(0, SHOWN_CHANGES)
      .flatMap(({ was, is, tracks, examples }) => [
        `  ${String(tracks).padStart(12)}  were ${was} and are ${is}`,
        ...examples.map((track) => `                  ${exampleText(track)}`),
      ]),
  ];
}

function exampleText({ id, artist, title, popularityWas, popularityIs }: ChangedTrack): string {
  const [was, is] = [popularityWas, popularityIs].map((one) => one ?? 'unknown');
  return `${id}  ${artist} – ${title}, popularity ${was === is ? is : `${was}, now ${is}`}`;
}
