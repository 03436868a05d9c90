/** The stages of one answer: whole names, phrases, words, typing errors. */
import { COSTS, type Effort } from './effort.ts';
import { hasPhrase, isWhole } from './name-match.ts';
import type { OpenIndex } from './open-index.ts';
import { type PhraseTest, startPhraseTest } from './phrase-test.ts';
import {
  type AskedPhrase,
  asksNothing,
  FIELDS,
  type ParsedQuery,
  parseQuery,
} from './query-language.ts';
import {
  type PlanSources,
  planQuery,
  planTypos,
  type QueryPlan,
  type VisitEnd,
  visitMatches,
} from './query-plan.ts';
import type {
  DocumentNames,
  HitReason,
  SearchAnswer,
  SearchHit,
  SearchQuestion,
  SearchRows,
} from './search-answer.ts';
import { formatPlace, type Place, parsePlace } from './search-cursor.ts';
import { hashTerm } from './term-table.ts';
import { addTermHash, startNameHash } from './whole-names.ts';

/** What a question is answered from. */
export interface AnswerSources {
  readonly index: OpenIndex;
  readonly rows: SearchRows;
  readonly sources: PlanSources;
  /** What each stage may cost, in steps, when other than usual. */
  readonly steps?: number;
}

/** Documents that lead since they are named so; of a title that more have, the rest stand by their rank. */
const MAX_WHOLE = 1000;
/** Candidates by rank whose names are looked at for a phrase that was not asked for in quotes. */
const MAX_CANDIDATES = 2000;
/** What the candidates for a phrase may cost, in steps: whatever the size of a page, so that pages of any size find the same. */
const CANDIDATE_STEPS = 60_000;
/**
 * What the other stages may cost, beside the rows of a full page: a page of whole names, one of what has the words, and one of what has a
 * phrase in quotes. An answer goes through the whole names and either that or candidates, words and typing errors.
 */
const PAGE_STEPS = { whole: 50_000, words: 92_000, quoted: 92_000 } as const;
/** With fewer hits than this, words a typing error away are tried. */
const FEW_HITS = 3;

/** The answer to `question`. */
export function answerQuestion(question: SearchQuestion, from: AnswerSources): SearchAnswer {
  const parsed = parseQuery(question.text, { typing: question.typing ?? false });
  if (asksNothing(parsed)) return { hits: [], next: null, bounds: [], corrections: [] };
  return new Answer(question, parsed, from).make();
}

/** One answer being made: a page of it, and one hit more to know whether there is a next. */
class Answer {
  readonly #question: SearchQuestion;
  readonly #from: AnswerSources;
  readonly #plan: QueryPlan;
  readonly #start: Place;
  readonly #hits: SearchHit[] = [];
  readonly #bounds = new Set<SearchAnswer['bounds'][number]>();
  /** The whole question as a phrase, when it has several words and none in quotes. */
  readonly #phrase: PhraseTest | undefined;
  readonly #names = new Map<number, DocumentNames>();
  #corrections: SearchAnswer['corrections'] = [];
  #whole: ReadonlySet<number> = new Set();
  #lastCandidate: number;
  /** What the stage that it is at may still cost. */
  #effort: Effort = { left: 0 };
  /** Where the next page looks further when not enough came together to fill this one, though not all was looked at. */
  #goesOnAt: Place | undefined;

  constructor(question: SearchQuestion, parsed: ParsedQuery, from: AnswerSources) {
    this.#question = question;
    this.#from = from;
    this.#plan = planQuery(from.index, parsed, from.sources);
    this.#start = parsePlace(question.cursor);
    this.#lastCandidate = this.#start.candidate;
    if (this.#plan.isPrefixCut) this.#bounds.add('prefixes');
    if (this.#plan.isrcs?.isCut) this.#bounds.add('time');
    const { free, freeWords: words, isFreePrefix: isPrefix, phrases } = parsed;
    if (free.length > 1 && phrases.length === 0)
      this.#phrase = this.#testOf({
        terms: free,
        fields: FIELDS.any,
        isPrefix,
        words,
        isFree: true,
      });
  }

  make(): SearchAnswer {
    const { limit } = this.#question;
    this.#findWhole();
    // Behind a page that whole names fill alone nothing is looked at, least of all their rows once more.
    if (!this.#isFull() && !this.#goesOnAt) this.#findOthers();
    const hits = this.#hits.slice(0, limit);
    const last = hits.at(-1);
    const next = this.#isFull() && last ? this.#placeOf(last) : this.#goesOnAt;
    const isTypo = hits.some(({ reason }) => reason === 'typo');
    return {
      hits,
      next: next ? formatPlace(next) : null,
      bounds: [...this.#bounds],
      corrections: isTypo ? this.#corrections : [],
    };
  }

  #findOthers(): void {
    const { stage, rank } = this.#start;
    if (this.#plan.parsed.phrases.length > 0) this.#findQuoted();
    else if (stage === 'words') this.#findWords(rank + 1);
    else if (stage !== 'typo') this.#findFirst();
    if (!this.#isFull() && !this.#bounds.has('time')) this.#findTypos();
  }

  /** What is named exactly as asked. Free words are all in such a name; what was asked of a field must still be met. */
  #findWhole(): void {
    const { index, sources } = this.#from;
    const { free, words } = this.#plan.parsed;
    if (free.length === 0) return;
    const hash = startNameHash();
    for (const term of free) addTermHash(hash, hashTerm(Buffer.from(term)));
    const perhaps = index.whole.find(hash, MAX_WHOLE);
    this.#whole = new Set(perhaps);
    if (this.#start.stage !== 'whole' || perhaps.length === 0) return;
    const choices = this.#plan.choices.filter((_, at) => words[at]!.fields !== FIELDS.any);
    const plan = { ...this.#plan, choices };
    const range = {
      from: this.#start.rank + 1,
      among: perhaps,
      effort: this.#beginPage(PAGE_STEPS.whole),
    };
    const ended = visitMatches(index, plan, sources, range, (rank) => {
      const names = this.#tellNames(rank);
      // "Artist title" may be whole and yet not stand in one name, which is what quotes ask for.
      const isAsked = this.#plan.parsed.phrases.every((phrase) => hasPhrase(names, phrase));
      if (isAsked && isWhole(index.group, names, free)) this.#add(rank, 'whole');
      return !this.#isFull();
    });
    this.#note(ended);
    if (ended.end === 'spent')
      this.#goesOnAt = { stage: 'whole', rank: ended.rank - 1, candidate: -1 };
  }

  #findFirst(): void {
    if (this.#phrase) this.#findPhrases(this.#phrase);
    else this.#findWords(0);
  }

  /** Those of the first candidates that have `phrase`, then the others, then what is behind them. */
  #findPhrases(phrase: PhraseTest): void {
    const { index, sources } = this.#from;
    const after = this.#start.stage === 'phrase' ? this.#start.rank : -1;
    const others: number[] = [];
    let looked = 0;
    let isMore = false;
    const range = { from: 0, effort: this.#begin(CANDIDATE_STEPS) };
    const ended = visitMatches(index, this.#plan, sources, range, (rank, standing) => {
      isMore = looked === MAX_CANDIDATES;
      if (isMore) return false;
      looked += 1;
      this.#lastCandidate = rank;
      if (this.#isWhole(rank)) return true;
      if (!phrase.has(rank, standing)) others.push(rank);
      else if (rank > after) this.#add(rank, 'phrase');
      return !this.#isFull();
    });
    if (ended.end === 'spent') {
      isMore = true;
      this.#lastCandidate = ended.rank - 1;
    } else this.#note(ended);
    if (isMore) this.#bounds.add('phrases');
    for (const rank of others) if (!this.#isFull()) this.#add(rank, 'words');
    if (isMore && !this.#isFull()) this.#findWords(this.#lastCandidate + 1);
  }

  #findWords(from: number): void {
    const { index, sources } = this.#from;
    const range = { from, effort: this.#beginPage(PAGE_STEPS.words) };
    const ended = visitMatches(index, this.#plan, sources, range, (rank, standing) => {
      const cameBefore = rank <= this.#lastCandidate && this.#phrase?.has(rank, standing);
      if (!cameBefore && !this.#isWhole(rank)) this.#add(rank, 'words');
      return !this.#isFull();
    });
    this.#note(ended);
    if (ended.end === 'spent')
      this.#goesOnAt = { stage: 'words', rank: ended.rank - 1, candidate: this.#lastCandidate };
  }

  /** What has all that stands in quotes. Marks say where that cannot be; rows decide. */
  #findQuoted(): void {
    const { index, sources } = this.#from;
    const { stage, rank: last } = this.#start;
    const tests = this.#plan.parsed.phrases.map((phrase) => this.#testOf(phrase));
    const from = stage === 'phrase' ? last + 1 : 0;
    const range = { from, effort: this.#beginPage(PAGE_STEPS.quoted) };
    const ended = visitMatches(index, this.#plan, sources, range, (rank, standing) => {
      // What came as a whole name is not tested once more, so that many of one name do not hide the others.
      if (this.#isWhole(rank)) return true;
      if (tests.every((test) => test.has(rank, standing))) this.#add(rank, 'phrase');
      return !this.#isFull();
    });
    if (ended.end === 'spent') this.#bounds.add('phrases');
    else this.#note(ended);
  }

  #findTypos(): void {
    const { index, sources } = this.#from;
    if (this.#hits.length >= FEW_HITS || this.#plan.parsed.phrases.length > 0) return;
    const exact = this.#exactHits();
    const typos = exact && planTypos(index, this.#plan);
    if (!typos) return;
    const { stage, rank: last } = this.#start;
    const from = stage === 'typo' ? last + 1 : 0;
    const range = { from, effort: this.#beginPage(PAGE_STEPS.words) };
    const ended = visitMatches(index, typos.plan, sources, range, (rank) => {
      if (!exact.has(rank)) this.#add(rank, 'typo');
      return !this.#isFull();
    });
    this.#note(ended);
    this.#corrections = typos.corrections;
  }

  /** All that meets the question itself, on whichever page it came; undefined when that is enough, or named so, which is what was meant. */
  #exactHits(): ReadonlySet<number> | undefined {
    const { index, sources } = this.#from;
    if (this.#start.stage === 'whole' && this.#start.rank < 0) {
      const isNamedSo = this.#hits.some(({ reason }) => reason === 'whole');
      return isNamedSo ? undefined : new Set(this.#hits.map(({ rank }) => rank));
    }
    const exact = new Set<number>();
    const range = { from: 0, effort: this.#begin(CANDIDATE_STEPS + PAGE_STEPS.words) };
    const { end } = visitMatches(index, this.#plan, sources, range, (rank) => {
      exact.add(rank);
      return exact.size < FEW_HITS && !this.#isWhole(rank);
    });
    return end === 'all' ? exact : undefined;
  }

  /** Whether `rank` came among the whole names: it is in their list, and its name is in fact the question. */
  #isWhole(rank: number): boolean {
    if (!this.#whole.has(rank)) return false;
    return isWhole(this.#from.index.group, this.#namesOf(rank), this.#plan.parsed.free);
  }

  #testOf(phrase: AskedPhrase): PhraseTest {
    return startPhraseTest(phrase, {
      marks: (rank) => {
        this.#effort.left -= COSTS.mark;
        return this.#from.index.marks(rank);
      },
      names: (rank) => this.#tellNames(rank),
    });
  }

  /** The names of a document, which cost as much when they are known: what a stage comes to is the same on every page. */
  #tellNames(rank: number): DocumentNames {
    this.#effort.left -= COSTS.row;
    return this.#namesOf(rank);
  }

  /** The names of a document, read once for the whole answer. */
  #namesOf(rank: number): DocumentNames {
    const known = this.#names.get(rank);
    if (known) return known;
    const { index, rows } = this.#from;
    const names = rows.names(index.group, rank);
    this.#names.set(rank, names);
    return names;
  }

  #add(rank: number, reason: HitReason): void {
    this.#hits.push({ rank, reason });
  }

  #isFull(): boolean {
    return this.#hits.length > this.#question.limit;
  }

  /** Begins a stage that may cost so many steps. */
  #begin(steps: number): Effort {
    this.#effort = { left: this.#from.steps ?? steps };
    return this.#effort;
  }

  /** Begins a stage that may cost so many steps and the rows of a page. */
  #beginPage(steps: number): Effort {
    return this.#begin(steps + this.#question.limit * COSTS.row);
  }

  #note({ end }: VisitEnd): void {
    if (end === 'late' || end === 'spent') this.#bounds.add('time');
  }

  #placeOf({ rank, reason }: SearchHit): Place {
    return { stage: reason, rank, candidate: reason === 'words' ? this.#lastCandidate : -1 };
  }
}
