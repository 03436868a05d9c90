/**
 * Plausibility flags of catalogue tracks: facts about rows and no verdict on the music. The report counts and lists them,
 * search filters by them (`flag:NAME`). Spec: docs/report.md.
 */

/** Whoever is named first on as many tracks is told: nearly one a day for ten years. */
export const PRODUCTIVE_TRACKS = 3000;
/** A title that one artist has on as many tracks is one in bulk. */
export const BULK_TITLE_TRACKS = 100;
/** A fingerprint that as many held files have is one in bulk. */
export const BULK_SOUND_FILES = 10;

/** A flag. */
export interface Flag {
  /** As `flag:NAME` and the name of its bitmap have it. */
  readonly name: string;
  /** What the row says. */
  readonly says: string;
}

/** All flags; the place of one is its bit in the table `flagged` of the report. */
export const FLAGS: readonly Flag[] = [
  { name: 'no-duration', says: 'duration 0' },
  { name: 'under-a-second', says: 'duration above 0 and under 1 second' },
  { name: 'over-a-day', says: 'duration of 24 hours or more' },
  { name: 'before-recording', says: 'release year before 1860' },
  { name: 'after-snapshot', says: 'release year after that of the snapshot' },
  { name: 'many-tracks', says: `first artist has ${PRODUCTIVE_TRACKS} tracks or more` },
  {
    name: 'noise',
    says: 'sounds like noise: energy 0.9 or more, danceability, valence and speechiness under 0.1',
  },
  {
    name: 'same-title',
    says: `${BULK_TITLE_TRACKS} tracks or more of the same artists have the title`,
  },
  {
    name: 'same-sound',
    says: `held with the same fingerprint as ${BULK_SOUND_FILES} files or more`,
  },
];

/** The flags that follow from names and from sound, which the statistics tables have not. */
export const TOLD_FLAGS = ['same-title', 'same-sound'] as const;
/** One of them. */
export type ToldFlagName = (typeof TOLD_FLAGS)[number];

/** The bit of the flag `name`. */
export function flagBit(name: ToldFlagName): number {
  return 1 << FLAGS.findIndex((flag) => flag.name === name);
}
