/**
 * Writes docs/the-2025-plan.md and its picture: `node scripts/plan-page.ts CATALOGUE`, with the `catalogue` folder of an archive or of
 * `fonoteca catalogue bench --keep`. The figures published of the 2025 archive beside those of our policies over a
 * generated catalogue of the same shape, all budgets in proportion to its size. The same catalogue gives the same page.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { realDisk } from '../src/base/disk.ts';
import { formatSize } from '../src/base/sizes.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import { curveRows, drawnSteps, planAt } from '../src/planning/plan-at.ts';
import { type CataloguePlan, planCatalogue } from '../src/planning/plan-catalogue.ts';
import { curvesPicture } from '../src/planning/plan-picture.ts';
import { namedPolicy, type Policy, readPolicy } from '../src/planning/policy.ts';
import { statisticsSources } from '../src/snapshots/statistics-source.ts';
import { openTables } from '../src/tables/open-tables.ts';

const PUBLISHED_TRACKS = 256_039_007;
const CURVE_LINES = 24;
const PICTURE_POINTS = 160;
const DAY = '2026-01-01';

const catalogue = path.resolve(process.argv[2] ?? 'catalogue-bench/catalogue');
const snapshot = openCurrentSnapshot(realDisk, catalogue);
const { manifest } = snapshot;
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-plan-page-'));
const tables = await openTables({
  work,
  folders: [path.join(snapshot.directory, 'statistics')],
  memoryBytes: 2 ** 30,
  threads: os.availableParallelism(),
});
const source = {
  ...statisticsSources(realDisk, snapshot),
  ...{ tables, rows: manifest.rows, held: [] },
};
const scale = manifest.rows.tracks / PUBLISHED_TRACKS;
const budgetOf = (terabytes: number) => Math.round(terabytes * 1e12 * scale);

async function make(policy: Policy, rights: 'all' | 'known', listens: 'model' | 'counts') {
  return await planCatalogue(source, manifest.id, {
    policy: { ...policy, listens },
    ...{ rights, budgetBytes: budgetOf(300), keepBytes: null, day: DAY },
  });
}

const percent = (share: number, digits = 2) =>
  `${(share * 100).toFixed(digits).replace(/^-(0\.0+)$/, '$1')} %`;
const millions = (tracks: number) => `${(tracks / scale / 1e6).toFixed(1)} M`;
const terabytes = (bytes: number) => `${(bytes / scale / 1e12).toFixed(0)} TB`;

function figures(plan: CataloguePlan): string[] {
  const { taken, shares } = planAt(plan, budgetOf(300));
  const all = planAt(plan, null);
  const next = planAt(plan, budgetOf(300)).nextGigabyte;
  return [
    `${millions(taken.tracks)} (${percent(shares.tracks, 1)})`,
    terabytes(taken.bytes),
    percent(shares.listens),
    `${percent(shares.low, 1)} to ${percent(shares.high, 1)}`,
    formatSize(Math.round(taken.bytes / taken.tracks)),
    `${millions(taken.opusTracks)}, ${terabytes(taken.opusBytes)}`,
    percent(shares.recordings, 1),
    percent(shares.artists, 1),
    `${next.tracks} tracks`,
    `${terabytes(all.taken.bytes)}, ${percent(all.shares.listens)}`,
  ];
}

const NAMES = [
  'tracks held',
  'bytes',
  'share of listens',
  'its uncertainty',
  'mean size',
  'of it re-encoded',
  'share of recordings',
  'share of artists reached',
  'the next gigabyte adds',
  'the whole order',
];
const PUBLISHED = ['86 M (33.6 %)', '300 TB', '99.6 %', '', '3.49 MB', '', '', '', '', ''];

/** A column for each plan; what one of them plans nothing of stays empty. */
function table(columns: readonly (readonly [string, readonly string[]])[]): string {
  const heads = columns.map(([head]) => head);
  const lines = NAMES.map((name, at) =>
    [name, ...columns.map(([, cells]) => cells[at])].join(' | '),
  );
  return [`| at 300 TB | ${heads.join(' | ')} |`, `|${'---|'.repeat(columns.length + 1)}`]
    .concat(lines.map((line) => `| ${line} |`))
    .join('\n');
}

const popularity = namedPolicy('popularity-2025')!;
const reserved = namedPolicy('default')!;
const plans = {
  popularityAll: await make(popularity, 'all', 'model'),
  defaultAll: await make(reserved, 'all', 'model'),
  popularityKnown: await make(popularity, 'known', 'model'),
  defaultKnown: await make(reserved, 'known', 'model'),
  popularityCounted: await make(popularity, 'all', 'counts'),
  defaultCounted: await make(reserved, 'all', 'counts'),
};
const everything = readPolicy(
  'name = "everything"\ntail = "original"\none_copy_per_recording = false\nscore.cutoff = 0',
);
const whole = await make(everything, 'all', 'model');
const [whole300, wholeAll] = [planAt(whole, budgetOf(300)), planAt(whole, null)];
const more = planAt(plans.popularityAll, budgetOf(300));
const rest = wholeAll.taken.bytes - sizeAsOriginals(plans.popularityAll);

/** What the tracks of a plan would weigh as originals: that is what is held beside what is made of them. */
function sizeAsOriginals(plan: CataloguePlan): number {
  const { taken } = planAt(plan, budgetOf(300));
  return taken.keepBytes - taken.opusBytes;
}

function curve(plan: CataloguePlan): string {
  const rows = curveRows(plan, drawnSteps(plan, CURVE_LINES));
  return [
    '| bytes | tracks | listens | recordings | artists | |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${formatSize(Math.round(Number(row.bytes) / scale))} | ${percent(Number(row.share_of_tracks))} | ${percent(Number(row.share_of_listens), 3)} | ${percent(Number(row.share_of_recordings))} | ${percent(Number(row.share_of_artists))} | ${row.mark} |`,
    ),
  ].join('\n');
}

const picture = await curvesPicture(
  {
    'popularity-2025': curveRows(
      plans.popularityAll,
      drawnSteps(plans.popularityAll, PICTURE_POINTS),
    ),
    default: curveRows(plans.defaultAll, drawnSteps(plans.defaultAll, PICTURE_POINTS)),
  },
  {
    ...{ scale, name: 'the-2025-plan', shown: ['listens', 'artists'] },
    marks: [{ at: 300e12, label: '300 TB' }],
    subtitle: 'Shares of listens and of artists, against bytes published',
  },
);
fs.writeFileSync(path.join(import.meta.dirname, '../docs/images/the-2025-plan.svg'), picture);

const rows = manifest.rows.tracks.toLocaleString('en-GB');
const own = formatSize(budgetOf(300));
process.stdout.write(`# The 2025 plan, recomputed

The largest release of a music archive so far, in December 2025, held 86 of 256 million tracks in just under 300 TB and said that these are
99.6 % of listening. Which tracks, and what the bytes left out would have added, was never shown. Here its rules are applied to
a generated catalogue of the same shape (docs/formats/generated-catalogue.md), by [\`fonoteca plan\`](planning.md).

**This page was made over ${rows} generated tracks**, snapshot \`${manifest.id}\`. Budgets are in proportion
(300 TB is ${own} here), and tracks and bytes are shown multiplied up to ${PUBLISHED_TRACKS.toLocaleString('en-GB')} tracks. A catalogue of full size
differs in the last digits and has rarer extremes: [256 million tracks](benchmarks.md#256-million-tracks) were planned too, by \`default\`, which took
80.8 M of them in 300 TB (31.6 %). To make this page again:

\`\`\`sh
fonoteca catalogue bench --rows ${manifest.rows.tracks} --dir bench --keep
node scripts/plan-page.ts bench/catalogue > docs/the-2025-plan.md
\`\`\`

and to make one of its plans in an archive with that catalogue:

\`\`\`sh
fonoteca plan --budget ${budgetOf(300)} --policy popularity-2025 --rights all
fonoteca plan --budget ${budgetOf(300)} --policy default --rights known
\`\`\`

## Listens as modelled from popularity

${table([
  ['published', PUBLISHED],
  ['`popularity-2025`, rights all', figures(plans.popularityAll)],
  ['`default`, rights all', figures(plans.defaultAll)],
  ['`popularity-2025`, rights known', figures(plans.popularityKnown)],
  ['`default`, rights known', figures(plans.defaultKnown)],
])}

With \`--rights known\` only tracks whose licence the catalogue knows are planned; shares stay those of the whole catalogue. The
generated catalogue gives one track in thirty a licence, so this mode never comes near its budget.

## Listens as the generated catalogue counts them

The generated catalogue has counts of its own, drawn around each popularity. At popularity 0 they are far below the 500 of the model.

${table([
  ['published', PUBLISHED],
  ['`popularity-2025`, rights all', figures(plans.popularityCounted)],
  ['`default`, rights all', figures(plans.defaultCounted)],
])}

## The rest

| | published | ours |
|---|---|---|
| all of the rest at original quality | 700 TB or more | ${terabytes(rest)} |
| what it would add to the share of listens | 0.4 % | ${percent(1 - more.shares.listens)} |
| all tracks as originals | | ${terabytes(wholeAll.taken.bytes)} |
| share of listens of 300 TB of originals alone | | ${percent(whole300.shares.listens)} |
| cost of the reserve at 300 TB, in share of listens | | ${percent(more.shares.listens - planAt(plans.defaultAll, budgetOf(300)).shares.listens, 3)} |
| the same at 30 TB | | ${percent(planAt(plans.popularityAll, budgetOf(30)).shares.listens - planAt(plans.defaultAll, budgetOf(30)).shares.listens, 3)} |
| artists that the reserve reaches beyond | | ${percent(planAt(plans.defaultAll, budgetOf(300)).shares.artists - more.shares.artists, 1)} |

## The curves, rights all

![Shares of listens and of artists that a budget keeps, for both policies; the numbers are in the tables below](images/the-2025-plan.svg)

## The curve of \`popularity-2025\`, rights all

${curve(plans.popularityAll)}

## The curve of \`default\`, rights all

${curve(plans.defaultAll)}

## What this assumes

- The model of listening: [planning](planning.md#sizes-and-listens). Its points are set to the published shape, so that most listening falls
  between popularity 50 and 80 is put in and not found. The share at 300 TB follows from it and from how many tracks have which
  popularity. It stands and falls with popularity 0: 500 listens a track, between 50 and 1,000.
- Every track of popularity 0 has the same listens in the model. The 2025 archive said that its part of popularity 0 holds about half of
  that class's listens; such a difference within the class would raise the share of \`popularity-2025\` by some tenths of a percent.
- Sizes are durations times 160 and 75 kbit/s. Published: about 4.0 and 1.77 MB (one sample).
- The catalogue's popularity of artists and albums is drawn by the generator, so how many tracks lie above the cut-off of the second score
  is its own: the order ends before the published number of tracks or after it, and \`the whole order\` says where.
- The generated catalogue names no languages, so none is covered or kept in reserve for its language.
`);
await tables[Symbol.asyncDispose]();
snapshot[Symbol.dispose]();
fs.rmSync(work, { recursive: true });
