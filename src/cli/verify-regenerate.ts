/** `fonoteca verify --regenerate`: Opus copies made again from their originals, and what came of it. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { Archive } from '../archive.ts';
import { runRegenerate } from '../stages.ts';
import { type Reporter, stageLine } from './reporter.ts';

/** How many are made again when no number is said: some seconds of work for songs. */
const DEFAULT_COUNT = 10;

/** The value of `--regenerate`: a number, or `all`. */
export function regenerateOption(text: string): number | 'all' {
  if (text === 'all') return 'all';
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Wanted a number from 1, or all.');
}

/** Makes the sample again and tells of it; whether all that one build must make alike came out alike. */
export async function verifyRegenerated(
  archive: Archive,
  wish: number | 'all' | true,
  reporter: Reporter,
): Promise<boolean> {
  const count = wish === true ? DEFAULT_COUNT : wish;
  const report = await runRegenerate(archive, count, reporter.watch('regenerate'));
  const { derivatives, same, otherBuild, withoutOriginal, findings } = report;
  reporter.findings(findings);
  const wrong = findings.length - otherBuild;
  const parts = [
    `${same} made again with the same bytes`,
    ...(otherBuild > 0 ? [`${otherBuild} by another build`] : []),
    `${wrong} findings`,
    `${derivatives} in all`,
    ...(withoutOriginal > 0 ? [`${withoutOriginal} without their original`] : []),
  ];
  reporter.result(
    'regenerated',
    { derivatives, same, otherBuild, withoutOriginal, findings: wrong },
    stageLine('', `Opus copies: ${parts.join(', ')}`),
  );
  return wrong === 0;
}
