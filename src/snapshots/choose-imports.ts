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
export interface ChosenPopularity {
  readonly stated: Manifest['popularity'];
  /** Positions among the chosen imports of those that give it. */
  readonly from: readonly number[];
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

interface Origin {
  readonly origin: string;
  readonly method: string;
  readonly date: string | null;
  readonly from: number[];
}

function choosePopularity(
  imports: readonly FinishedImport[],
  wanted: string | undefined,
): ChosenPopularity {
  const origins = originsOf(imports);
  const names = origins.map(({ origin }) => origin).join(', ');
  const chosen =
    wanted === undefined ? origins[0] : origins.find(({ origin }) => origin === wanted);
  if (wanted !== undefined && !chosen)
    throw new FonotecaError('BUILD_POPULARITY', `${wanted}; there is ${names || 'none'}`);
  if (wanted === undefined && origins.length > 1)
    throw new FonotecaError('BUILD_POPULARITY', names);
  if (!chosen) return { stated: null, from: [] };
  const { origin, method, date, from } = chosen;
  return { stated: { origin, method, date }, from };
}

/** A source that states its popularity is one origin; one that gives listens without a word of it another. */
function originsOf(imports: readonly FinishedImport[]): Origin[] {
  const origins: Origin[] = [];
  for (const [index, { record }] of imports.entries()) {
    const given = record.popularity;
    // What has neither tracks nor counts tells of no popularity.
    if (!record.tables.counts && !(given && record.tables.tracks)) continue;
    const origin = given
      ? given
      : {
          origin: `${record.source} listens`,
          method: 'listens',
          date: record.dump.date,
        };
    const known = origins.find((other) => other.origin === origin.origin);
    if (known) known.from.push(index);
    else origins.push({ ...origin, from: [index] });
  }
  return origins;
}
