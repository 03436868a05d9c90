/**
 * The one error class and the one shape of a refused item.
 *
 * An unusable resource throws a `FonotecaError`. A bad item among many is a `Finding` in a report and the batch
 * goes on. Both name a code of the catalogue (`error-catalogue.ts`) and what was seen.
 */
import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts';
import type { ErrorEntry } from './error-entry.ts';

/** What was wrong with one item of a batch: a code, the item's name, and what was seen there. */
export interface Finding {
  readonly code: ErrorCode;
  /** The item, as its owner would name it: a path, an id, a digest. */
  readonly subject: string;
  /** What was seen, short enough for one line. */
  readonly seen: string;
}

/** An error with a stable code, what was seen, what was wanted and what to do next. */
export class FonotecaError extends Error {
  override readonly name = 'FonotecaError';
  readonly code: ErrorCode;
  readonly seen: string;

  constructor(code: ErrorCode, seen: string, options: { cause?: unknown } = {}) {
    super(`${code}: ${seen}`, options);
    this.code = code;
    this.seen = seen;
  }

  /** What would have been right. */
  get wanted(): string {
    return catalogueEntry(this.code).wanted;
  }

  /** What to do now. */
  get next(): string {
    return catalogueEntry(this.code).next;
  }

  /** The process exit code of a command that ends with this error. */
  get exit(): number {
    return catalogueEntry(this.code).exit ?? 1;
  }
}

/** The catalogue's row for `code`. */
export function catalogueEntry(code: ErrorCode): ErrorEntry {
  return ERROR_CATALOGUE[code];
}

/** A `Finding` that tells `error` about `subject`; an error of another class becomes `DISK_IO` or `SUBPROCESS_FAILED` by its errno. */
export function findingFrom(error: unknown, subject: string): Finding {
  if (error instanceof FonotecaError) return { code: error.code, subject, seen: error.seen };
  return {
    code: errnoOf(error) ? 'DISK_IO' : 'SUBPROCESS_FAILED',
    subject,
    seen: messageOf(error),
  };
}

/** The message of anything that was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}

/** The system's error name (`ENOSPC`, `EIO` …) of anything that was thrown, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}
