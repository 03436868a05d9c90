/**
 * Conditional and range requests, as pure functions: headers in, what to send out.
 * Spec: RFC 9110 §13 (preconditions) and §14 (ranges). One range or 416: several parts in one request are refused.
 */

/** The headers a conditional or range request may carry; absent is undefined. */
export interface ConditionalHeaders {
  readonly range?: string | undefined;
  readonly ifRange?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifMatch?: string | undefined;
}

/** What to send: bytes `start` (included) to `end` (excluded) with 200 or 206, or no body with 304, 412 or 416. */
export type RangeAnswer =
  | { readonly status: 200 | 206; readonly start: number; readonly end: number }
  | { readonly status: 304 | 412 | 416 };

/** Longest Range header that is read at all; two 16-digit numbers fit with room to spare. */
const MAX_RANGE_CHARS = 64;
/** Most entity tags compared in one header. */
const MAX_TAGS = 32;

/** What to send of `sizeBytes` bytes with the strong entity tag `etag` (quoted) to a request with `headers`. */
export function answerRange(
  headers: ConditionalHeaders,
  etag: string,
  sizeBytes: number,
): RangeAnswer {
  if (headers.ifMatch !== undefined && !matchesTag(headers.ifMatch, etag, 'strong'))
    return { status: 412 };
  if (headers.ifNoneMatch !== undefined && matchesTag(headers.ifNoneMatch, etag, 'weak'))
    return { status: 304 };
  const whole = { status: 200, start: 0, end: sizeBytes } as const;
  if (headers.range === undefined) return whole;
  // A date or a weak tag in If-Range never equals our strong tag, so the whole file is sent (RFC 9110 §13.1.5).
  if (headers.ifRange !== undefined && headers.ifRange.trim() !== etag) return whole;
  return parseRange(headers.range, sizeBytes);
}

/** The single byte range `header` asks for of `sizeBytes` bytes, or 416 when it is none, empty, several or beyond the end. */
function parseRange(header: string, sizeBytes: number): RangeAnswer {
  const unit = /^\s*([a-z]+)\s*=/i.exec(header.slice(0, MAX_RANGE_CHARS))?.[1]?.toLowerCase();
  // A unit we do not know is ignored, as RFC 9110 §14.2 asks.
  if (unit !== undefined && unit !== 'bytes') return { status: 200, start: 0, end: sizeBytes };
  if (header.length > MAX_RANGE_CHARS) return { status: 416 };
  const match = /^\s*bytes\s*=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/i.exec(header);
  if (!match) return { status: 416 };
  const [first, last] = [match[1]!, match[2]!];
  if (first === '') {
    const suffix = Number(last);
    if (last === '' || suffix === 0 || sizeBytes === 0) return { status: 416 };
    return { status: 206, start: Math.max(0, sizeBytes - suffix), end: sizeBytes };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (start >= sizeBytes || end <= start) return { status: 416 };
  return { status: 206, start, end };
}

/** Whether a list of entity tags names `etag`. Weak comparison ignores the `W/` mark (RFC 9110 §8.8.3.2). */
function matchesTag(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const tags = header.split(',', MAX_TAGS).map((tag) => tag.trim());
  return tags.some((tag) => (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === etag);
}
