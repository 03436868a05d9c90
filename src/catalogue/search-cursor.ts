/** Where a page of results starts, as short text without secrets: a stage of the answer and the last rank shown. */

/** The stages of an answer in their order. */
export type Stage = 'whole' | 'phrase' | 'words' | 'typo';

/** A place in an answer: after `rank` of `stage`. */
export interface Place {
  readonly stage: Stage;
  readonly rank: number;
  /** The last rank that was looked at for a phrase: those before it that have it came earlier. -1 when none was. */
  readonly candidate: number;
}

const LETTERS: readonly (readonly [string, Stage])[] = [
  ['e', 'whole'],
  ['p', 'phrase'],
  ['w', 'words'],
  ['t', 'typo'],
];
const CURSOR = /^([epwt])(\d{1,10})(?:-(\d{1,10}))?$/;

/** The place before everything. */
const BEGINNING: Place = { stage: 'whole', rank: -1, candidate: -1 };

/** The text of `place`. */
export function formatPlace({ stage, rank, candidate }: Place): string {
  const text = `${LETTERS.find((each) => each[1] === stage)![0]}${rank}`;
  return candidate < 0 ? text : `${text}-${candidate}`;
}

/** The place that `cursor` tells; the beginning when it is none of ours. */
export function parsePlace(cursor: string | null): Place {
  const [, letter, rank, candidate] = CURSOR.exec(cursor ?? '') ?? [];
  const stage = LETTERS.find((each) => each[0] === letter)?.[1];
  if (stage === undefined) return BEGINNING;
  return { stage, rank: Number(rank), candidate: Number(candidate ?? -1) };
}
