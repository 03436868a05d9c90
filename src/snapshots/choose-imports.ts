/**
 * Which imports a snapshot is built from, which origin its popularity has, and the id that follows from both: the same
 * choice is the same snapshot.
 */
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { compareBytes } from '../base/safe-path.ts';
import type { FinishedImport } from '../catalogue/imports.ts';
import type { Manifest } from '../catalogue/manifest.ts';
import type { BuildRequest } from './build-request.ts';

/** Raised when the files of a snapshot change in any way, so that older ones are not taken for the same. */
const FORMAT = 'fonoteca-catalogue-snapshot/4';
/** Stated where popularity is computed from listens. */
export const COUNTS_METHOD =
  'round(100 ln(1 + listens) / ln(1 + most listens)), at least 1 where there are listens';

/** How the popularity of the snapshot's tracks comes about. */
export interface OnePopularity {
  readonly stated: Manifest['popularity'];
  /** Positions among the chosen imports of those that give it. */
  readonly from: readonly number[];
}

/** What records of imports say of popularity. */
interface ChosenPopularity extends OnePopularity {
  /** Origins that are there if tracks of theirs have listens, which their rows alone tell: `settlePopularity`. */
  readonly uncertain: readonly Origin[];
}

/** What is built. */
export interface ChosenImports {
  readonly id: string;
  /** In order of precedence: where two have the same row, what the first says stands. */
  readonly imports: readonly FinishedImport[];
  readonly popularity: ChosenPopularity;
}

/** What `request` names among `finished`, else the newest import of each source. `BUILD_NO_IMPORTS`, `BUILD_POPULARITY`. */
export function chooseImports(
  finished: readonly FinishedImport[],
  request: BuildRequest,
): ChosenImports {
  const imports = request.imports ? named(finished, request.imports) : newestOfEach(finished);
  if (imports.length === 0) throw new FonotecaError('BUILD_NO_IMPORTS', 'no finished import');
  const popularity = choosePopularity(imports, request.popularity);
  const id = sha256(
    canonicalJson({
      format: FORMAT,
      imports: imports.map(({ record }) => record.id),
      popularity: popularity.stated as Json,
    }),
  ).slice(0, 16);
  return { id, imports, popularity };
}

function named(finished: readonly FinishedImport[], ids: readonly string[]): FinishedImport[] {
  return ids.map((id) => {
    const found = finished.find(({ record }) => record.id === id);
    if (!found) throw new FonotecaError('BUILD_NO_IMPORTS', `no import ${id}`);
    return found;
  });
}

/** The newest of each source: a newer dump takes the place of an older one, and does not add to it. */
function newestOfEach(finished: readonly FinishedImport[]): FinishedImport[] {
  const newest = new Map<string, FinishedImport>();
  for (const one of finished.toSorted((a, b) => compareBytes(age(a), age(b))))
    newest.set(one.record.source, one);
  return [...newest.values()].sort((a, b) => compareBytes(order(a), order(b)));
}

function age({ record }: FinishedImport): string {
  const sequence = String(record.dump.sequence ?? 0).padStart(16, '0');
  return `${record.dump.date ?? ''} ${sequence} ${record.importedAt} ${record.id}`;
}

/** Sources with tracks of their own lead; then by name, which no clock changes. */
function order({ record }: FinishedImport): string {
  return `${record.tables.tracks ? 0 : 1} ${record.source}`;
}

/** Who tells popularity, how and when, and the positions among the chosen imports of those that do. */
interface Origin {
  readonly origin: string;
  readonly method: string;
  readonly date: string | null;
  readonly from: readonly number[];
}

function choosePopularity(
  imports: readonly FinishedImport[],
  wanted: string | undefined,
): ChosenPopularity {
  const { certain, uncertain } = originsOf(imports);
  const all = [...certain, ...uncertain];
  if (wanted !== undefined) {
    const chosen = all.find(({ origin }) => origin === wanted);
    if (!chosen) {
      const perhaps = uncertain.map(({ origin }) => `${origin} if its tracks have any`);
      const there = [...certain.map(({ origin }) => origin), ...perhaps].join(', ');
      throw new FonotecaError('BUILD_POPULARITY', `${wanted}; there is ${there || 'none'}`);
    }
    return { ...one(chosen), uncertain: uncertain.includes(chosen) ? [chosen] : [] };
  }
  if (certain.length > 1) throw new FonotecaError('BUILD_POPULARITY', namesOf(certain));
  const isOther = ({ origin }: Origin) => origin !== certain[0]?.origin;
  return { ...one(certain[0]), uncertain: uncertain.filter(isOther) };
}

/**
 * The one popularity of a snapshot, when of its uncertain origins those of `heard` do have listens. `BUILD_POPULARITY` where
 * that makes several, or none of the one that was named.
 */
export function settlePopularity(
  { stated, from, uncertain }: ChosenPopularity,
  heard: readonly Origin[],
): OnePopularity {
  if (uncertain.some(({ origin }) => origin === stated?.origin)) {
    if (heard.length > 0) return { stated, from };
    throw new FonotecaError('BUILD_POPULARITY', `${stated?.origin}; no track has any`);
  }
  const origins = [...(stated ? [{ ...stated, from }] : []), ...heard];
  if (origins.length > 1) throw new FonotecaError('BUILD_POPULARITY', namesOf(origins));
  return one(origins[0]);
}

function one(origin: Origin | undefined): OnePopularity {
  if (!origin) return { stated: null, from: [] };
  const { from, ...stated } = origin;
  return { stated, from };
}

function namesOf(origins: readonly Origin[]): string {
  return origins.map(({ origin }) => origin).join(', ');
}

/**
 * A source that states its popularity is one origin; one that gives listens without a word of it another, which is certain where
 * it has counts, and otherwise depends on whether its tracks have any.
 */
function originsOf(imports: readonly FinishedImport[]): { certain: Origin[]; uncertain: Origin[] } {
  const found = { certain: [] as Origin[], uncertain: [] as Origin[] };
  for (const [index, { record }] of imports.entries()) {
    const { tables, popularity, source, dump } = record;
    // What has neither tracks nor counts tells of no popularity.
    if (!tables.counts && !tables.tracks) continue;
    const listens = { origin: `${source} listens`, method: 'listens', date: dump.date };
    const origin = { ...(popularity ?? listens), from: [index] };
    const origins = tables.counts || popularity ? found.certain : found.uncertain;
    const at = origins.findIndex((other) => other.origin === origin.origin);
    if (at === -1) origins.push(origin);
    else origins[at] = { ...origins[at]!, from: [...origins[at]!.from, index] };
  }
  return found;
}
