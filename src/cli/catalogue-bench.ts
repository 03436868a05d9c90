/** `fonoteca catalogue bench`: measures import, build, look-up and search over a generated catalogue of any size. */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Option } from '@commander-js/extra-typings';
import type { Json } from '../base/canonical-json.ts';
import { putFile } from '../base/durable.ts';
import { benchCatalogue, removeBench, SHARD_TRACKS } from '../benching/bench-catalogue.ts';
import { type BenchReport, benchTable } from '../benching/bench-report.ts';
import { GENERATED_FORMATS } from '../generating/generated-columns.ts';
import type { CliContext } from './context.ts';
import { countOption, run, verb } from './verb.ts';

const MOST_ROWS = 512_000_000;
const INTERRUPTED = 130;

/** The verb `catalogue bench`. */
export function catalogueBenchVerb(context: CliContext) {
  return verb('bench', 'measure import, build, look-up and search over a generated catalogue')
    .option('--rows <count>', 'tracks', countOption(1, MOST_ROWS), 1_000_000)
    .option('--revision <number>', 'a later state of the same catalogue', countOption(1, 28), 1)
    .option('--seed <number>', 'another catalogue of the same shape', countOption(0, 2 ** 31), 1)
    .option('--questions <count>', 'of each class of questions', countOption(2, 100_000), 500)
    .option('--plan', 'measure a plan over all tracks too')
    .option('--report', 'measure the whole report too')
    .option(
      '--dir <dir>',
      'an empty folder to work in, or one where the same bench was cut short or kept: it goes on',
      'catalogue-bench',
    )
    .option(
      '--shard <count>',
      'tracks that are generated and imported at a time',
      countOption(1, MOST_ROWS),
      SHARD_TRACKS,
    )
    .addOption(
      new Option(
        '--files <format>',
        'what is generated and imported: JSON lines in gzip, or Parquet',
      )
        .choices(GENERATED_FORMATS)
        .default('jsonl' as const),
    )
    .option('--out <file>', 'the figures as JSON')
    .option('--keep', 'leave what was measured in the folder')
    .action((options) =>
      run(context, options, async (reporter) => {
        const { disk, clock } = context.world;
        const { rows, revision, seed, questions, keep, out, shard, plan, report: counts } = options;
        const folder = path.resolve(options.dir);
        const report = await benchCatalogue(
          {
            ...{ rows, revision, seed, questions, folder, shardTracks: shard },
            inputFormat: options.files,
            threads: os.availableParallelism(),
            keepsImports: keep === true,
            verbs: {
              program: [process.execPath, path.resolve(process.argv[1]!)],
              plan: plan === true,
              report: counts === true,
            },
          },
          { disk, clock, watch: reporter.watch('bench') },
        ).catch((error: unknown) => {
          if (!context.stop.aborted) throw error;
          return undefined;
        });
        if (report === undefined) {
          const next = `the same command goes on where it was; rm -r ${folder} throws it away`;
          reporter.result('catalogue-bench-stopped', { folder }, `kept in ${folder}: ${next}`);
          return INTERRUPTED;
        }
        if (!keep) removeBench(disk, folder);
        const json = report as unknown as { readonly [key: string]: Json };
        if (out !== undefined) putFile(disk, out, fileOf(report), { replace: true });
        reporter.result('catalogue-bench', json, benchTable(report));
        return 0;
      }),
    );
}

function fileOf(report: BenchReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
