/** All statistics of a report, in the order they are read. What each means: docs/report.md. */
import { CATALOGUE_STATISTICS } from './list-catalogue.ts';
import { POPULARITY_STATISTICS } from './list-popularity.ts';
import { SAMPLE_STATISTICS } from './list-samples.ts';
import { SOUND_STATISTICS } from './list-sound.ts';
import type { Statistic } from './statistic.ts';

/** All of them. */
export const STATISTICS: readonly Statistic[] = [
  ...POPULARITY_STATISTICS,
  ...CATALOGUE_STATISTICS,
  ...SOUND_STATISTICS,
  ...SAMPLE_STATISTICS,
];
