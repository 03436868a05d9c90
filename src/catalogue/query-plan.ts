/** A parsed query made ready for one index: half words and typing errors as the words they may be, then cursors by segment. */
import {
  type DocumentCursor,
  type Leap,
  type LeapEnd,
  leapfrog,
  type RankSet,
  ranksCursor,
  setCursor,
  unionOf,
} from './document-cursor.ts';
import type { Effort } from './effort.ts';
import type { OpenIndex } from './open-index.ts';
import { type AskedWord, FIELDS, type ParsedQuery } from './query-language.ts';
import type { SearchSegment } from './search-segment.ts';
import { wantedYears } from './year-terms.ts';

/** Words that any one of may be there, in the fields asked. */
interface WordChoice {
  readonly words: readonly string[];
  readonly fields: number;
}

/** A query as one index answers it. */
export interface QueryPlan {
  readonly parsed: ParsedQuery;
  readonly choices: readonly WordChoice[];
  /** Whether a half word has more endings than were taken. */
  readonly isPrefixCut: boolean;
  /** What has all the ISRCs asked; null when none was asked. */
  readonly isrcs: FoundIsrcs | null;
}

/** Ranks of tracks, ascending, and whether more rows have the ISRCs than were looked at. */
interface FoundIsrcs {
  readonly ranks: readonly number[];
  readonly isCut: boolean;
}

/** What a plan is carried out against beside the index. */
export interface PlanSources {
  /** What is held, by rank; undefined when nobody said. */
  readonly held: RankSet | undefined;
  /** The tracks with a flag, by rank; undefined when no report has told them. */
  readonly flagged: (name: string) => RankSet | undefined;
  readonly tracksWithIsrc: (isrc: string) => Iterable<number>;
  readonly isLate: () => boolean;
}

/** The words that a half word is taken for: itself and its most frequent endings. */
const PREFIX_WORDS = 16;
/** The words that a mistyped one is taken for. */
const TYPO_WORDS = 8;
/** Tracks with the ISRCs asked, all of them together: each is a row that is read, 0.1 ms. */
const MAX_ISRC_ROWS = 350;
/** Shorter words are one letter away from too many others. */
const LEAST_TYPO_LETTERS = 4;

/** The plan of `parsed` on `index`. */
export function planQuery(index: OpenIndex, parsed: ParsedQuery, sources: PlanSources): QueryPlan {
  let isPrefixCut = false;
  const choices = parsed.words.map(({ word, fields, isPrefix }) => {
    if (!isPrefix) return { words: [word], fields };
    const { words, isCut } = index.vocabulary.startingWith(word, PREFIX_WORDS);
    isPrefixCut ||= isCut;
    return { words: words.map((known) => known.word), fields };
  });
  const isrcs = parsed.isrcs.length > 0 ? findIsrcs(index, parsed.isrcs, sources) : null;
  return { parsed, choices, isPrefixCut, isrcs };
}

/** Only tracks have ISRCs. Each ISRC has its part of the rows that may be read, so that what is found has all of them. */
function findIsrcs(
  { group }: OpenIndex,
  isrcs: readonly string[],
  { tracksWithIsrc, isLate }: PlanSources,
): FoundIsrcs {
  const most = Math.floor(MAX_ISRC_ROWS / isrcs.length);
  let found: readonly number[] | undefined;
  let isCut = false;
  for (const isrc of group === 'tracks' ? isrcs : []) {
    const own = new Set<number>();
    for (const rank of tracksWithIsrc(isrc)) {
      const isOver = own.size === most || isLate();
      isCut ||= isOver;
      if (isOver) break;
      own.add(rank);
    }
    found = found?.filter((rank) => own.has(rank)) ?? [...own];
  }
  return { ranks: found ?? [], isCut };
}

/** `plan` with every whole word, and every half word that begins none, also taken for those one typing error away; undefined when there are none. */
export function planTypos(
  index: OpenIndex,
  plan: QueryPlan,
): { plan: QueryPlan; corrections: { word: string; taken: string[] }[] } | undefined {
  const corrections: { word: string; taken: string[] }[] = [];
  const choices = plan.choices.map((choice, at) => {
    const asked = plan.parsed.words[at]!;
    const taken = isCorrectable(asked, choice)
      ? index.vocabulary.oneErrorFrom(asked.word, TYPO_WORDS).map(({ word }) => word)
      : [];
    if (taken.length > 0) corrections.push({ word: asked.word, taken });
    return { words: [...choice.words, ...taken], fields: choice.fields };
  });
  return corrections.length === 0 ? undefined : { plan: { ...plan, choices }, corrections };
}

/** Which matches are visited. */
interface MatchRange {
  readonly from: number;
  /** None but these ranks, which rise. */
  readonly among?: readonly number[];
  /** What looking may cost. */
  readonly effort: Effort;
}

/** Where a choice of words stands: the document, and which of its words that has. */
export interface ChoiceCursor {
  readonly cursor: DocumentCursor;
  readonly members: readonly { readonly word: string; readonly cursor: DocumentCursor }[];
}

/** Where all that a query asks for stands when a document meets it. */
export interface Standing {
  /** The document in its segment. */
  readonly document: number;
  /** By the number of the word asked. */
  readonly choices: readonly ChoiceCursor[];
  /** Of the pairs between the free terms, which need not be there; undefined when no document of the segment has one. */
  readonly pairs: readonly (DocumentCursor | undefined)[];
}

/** How a visit ended, and the rank that was not looked at any more. */
export interface VisitEnd {
  readonly end: LeapEnd;
  readonly rank: number;
}

/** Visits the ranks that meet `plan`, from `from` on, in rising order until `visit` returns false. */
export function visitMatches(
  index: OpenIndex,
  plan: QueryPlan,
  sources: PlanSources,
  range: MatchRange,
  visit: (rank: number, standing: Standing) => boolean,
): VisitEnd {
  const { from, effort } = range;
  // A half word is sixteen words at once, each of which has to be looked at.
  const stepCost = Math.max(1, ...plan.choices.map(({ words }) => words.length));
  for (const segment of index.segments) {
    if (segment.end <= from) continue;
    const leap = leapOf(segment, plan, sources, range);
    if (!leap) continue;
    const { choices } = leap;
    const pairs = plan.parsed.freePairs.map((pair) => segment.word(pair, FIELDS.any, effort));
    const start = Math.max(0, from - segment.first);
    const { end, document } = leapfrog(
      { ...leap, from: start, isLate: sources.isLate, effort, stepCost },
      (found) => visit(segment.first + found, { document: found, choices, pairs }),
    );
    if (end !== 'all') return { end, rank: segment.first + document };
    if (sources.isLate()) return { end: 'late', rank: segment.end };
  }
  return { end: 'all', rank: index.documents };
}

/** With digits alone a word is a number, and another number is another thing. */
function isCorrectable({ word, isPrefix }: AskedWord, { words }: WordChoice): boolean {
  const isWhole = !isPrefix || words.length === 0;
  return isWhole && [...word].length >= LEAST_TYPO_LETTERS && !/^\d+$/.test(word);
}

/** The cursors of `plan` in `segment`, `among` these ranks alone when given; undefined when one of them is empty. */
function leapOf(
  segment: SearchSegment,
  plan: QueryPlan,
  sources: PlanSources,
  { among, effort }: MatchRange,
): (Pick<Leap, 'all' | 'none'> & { readonly choices: readonly ChoiceCursor[] }) | undefined {
  const { parsed } = plan;
  const all: DocumentCursor[] = [];
  const none: DocumentCursor[] = [];
  const groups: (readonly (DocumentCursor | undefined)[])[] = [];
  if (among) all.push(ranksCursor(among, segment));
  const choices: ChoiceCursor[] = [];
  for (const choice of plan.choices) {
    const found = choiceOf(segment, choice, effort);
    if (!found) return undefined;
    choices.push(found);
    all.push(found.cursor);
  }
  for (const { kind, term } of parsed.own) groups.push([segment.own(kind, term, effort)]);
  for (const range of parsed.years)
    groups.push(wantedYears(range).map(({ kind, term }) => segment.own(kind, term, effort)));
  for (const isWanted of parsed.explicit) {
    const explicit = segment.own('explicit', '', effort);
    if (isWanted) groups.push([explicit]);
    else if (explicit) none.push(explicit);
  }
  if (plan.isrcs) all.push(ranksCursor(plan.isrcs.ranks, segment));
  for (const isWanted of parsed.held) {
    const { held } = sources;
    if (isWanted && !held) return undefined;
    if (held) (isWanted ? all : none).push(setCursor(held, segment));
  }
  for (const name of parsed.flags) {
    const set = sources.flagged(name);
    if (!set) return undefined;
    all.push(setCursor(set, segment));
  }
  const anyFlag = parsed.isUnflagged ? sources.flagged('any') : undefined;
  if (anyFlag) none.push(setCursor(anyFlag, segment));
  for (const group of groups) {
    const there = group.filter((cursor) => cursor !== undefined);
    if (there.length === 0) return undefined;
    all.push(unionOf(there));
  }
  if (all.length === 0) all.push(everyDocument(segment));
  return { all, none, choices };
}

/** The documents with any word of `choice`; undefined when there are none. */
function choiceOf(
  segment: SearchSegment,
  { words, fields }: WordChoice,
  effort: Effort,
): ChoiceCursor | undefined {
  const members = words.flatMap((word) => {
    const cursor = segment.word(word, fields, effort);
    return cursor ? [{ word, cursor }] : [];
  });
  if (members.length === 0) return undefined;
  return { cursor: unionOf(members.map(({ cursor }) => cursor)), members };
}

/** Every document of a segment: for a question of nothing but what must not be. */
function everyDocument({ first, end }: SearchSegment): DocumentCursor {
  return setCursor({ count: end - first, next: (rank) => rank }, { first, end });
}
