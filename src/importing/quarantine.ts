/**
 * What an import could not take: each told once with file, line, column and what was seen, counted without end, listed to a
 * limit. Becomes `refused.jsonl` beside the tables.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import type { Finding } from '../base/errors.ts';

/** The codes of what is refused. */
export type RefusalCode =
  | 'IMPORT_RECORD_UNREADABLE'
  | 'IMPORT_ROW_REFUSED'
  | 'IMPORT_VALUE_REFUSED';

/** One thing refused. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly file: string;
  readonly line: number;
  /** The column of text, from 1, or the column of a table. */
  readonly column: number | string;
  readonly table?: string | undefined;
  readonly seen: string;
}

/** What was refused in a block of lines, its lines counted from the first of the block. */
export interface BlockRefusals {
  readonly refusalCounts: Readonly<Record<RefusalCode, number>>;
  /** The first of each code. */
  readonly refusals: readonly Omit<Refusal, 'file'>[];
}

/** Everything refused so far. */
export interface Quarantine {
  add(refusal: Refusal): void;
  /** Adds what was refused in a block of `file` that begins behind `linesBefore` lines. */
  addAll(block: BlockRefusals, origin: { file: string; linesBefore: number }): void;
  readonly counts: Readonly<Record<RefusalCode, number>>;
  /** The first of each code, as findings. */
  findings(): Finding[];
  /** One JSON line for each that is listed. */
  lines(): readonly string[];
}

/** Listed of each code. Beyond it they are counted: what is wrong ten thousand times is wrong in one way. */
export const LISTED = 10_000;
const FINDINGS = 50;
/** Characters that are told of what was seen. */
export const SEEN_UNITS = 200;

/** An empty quarantine, or one that goes on from `lines` and `counts` of an earlier run. */
export function createQuarantine(from?: {
  readonly counts: Readonly<Record<RefusalCode, number>>;
  readonly lines: readonly string[];
}): Quarantine {
  const counts: Record<RefusalCode, number> = from
    ? { ...from.counts }
    : { IMPORT_RECORD_UNREADABLE: 0, IMPORT_ROW_REFUSED: 0, IMPORT_VALUE_REFUSED: 0 };
  const lines: string[] = [...(from?.lines ?? [])];
  const add = (refusal: Refusal) => {
    counts[refusal.code] += 1;
    if (counts[refusal.code] > LISTED) return;
    const { code, file, line, column, table } = refusal;
    const seen = refusal.seen.slice(0, SEEN_UNITS).toWellFormed();
    lines.push(canonicalJson({ code, file, line, column, table, seen }));
  };
  return {
    counts,
    add,
    addAll({ refusalCounts, refusals }, { file, linesBefore }) {
      const unlisted = { ...refusalCounts };
      for (const refusal of refusals) {
        add({ ...refusal, file, line: refusal.line + linesBefore });
        unlisted[refusal.code] -= 1;
      }
      for (const code of Object.keys(unlisted) as RefusalCode[]) counts[code] += unlisted[code];
    },
    findings() {
      const listed = lines.map((line) => JSON.parse(line) as Refusal);
      return Object.keys(counts).flatMap((code) =>
        listed
          .filter((refusal) => refusal.code === code)
          .slice(0, FINDINGS)
          .map(findingOf),
      );
    },
    lines: () => lines,
  };
}

function findingOf({ code, file, line, column, table, seen }: Refusal): Finding {
  const where = table === undefined ? `column ${column}` : `${table}.${column}`;
  return { code, subject: `${file}:${line}`, seen: `${where}: ${seen}` };
}
