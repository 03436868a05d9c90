/**
 * The index of an archive's fingerprints: segments in `index/`, and what came after them read from the ledger.
 *
 * A segment is named by the places in the history it spans, `0000000000000-0000000004711.fpi`; each begins where the
 * one before ends. It is derived: removed, it is made anew by the next `add`.
 */
import path from 'node:path';
import type { Archive } from './archive.ts';
import type { Digest } from './base/digest.ts';
import type { Disk } from './base/disk.ts';
import { ensureDirectory } from './base/durable.ts';
import { parseRecordedText } from './fingerprints/fingerprint-text.ts';
import { openSegment, writeSegment } from './fingerprints/index-segment.ts';
import { type Postings, startPostings } from './fingerprints/postings.ts';
import { type IndexPart, partInMemory } from './fingerprints/recording-index.ts';

/** An open index. */
export interface FingerprintIndex extends Disposable {
  /** Every fingerprint of the archive is in one of them. */
  readonly parts: readonly IndexPart[];
}

/** What an index is made over. */
type IndexedArchive = Pick<Archive, 'ledger' | 'disk' | 'layout'>;

interface Span {
  readonly file: string;
  readonly after: number;
  readonly until: number;
}

/** Fingerprints that are worth a file; fewer are read from the ledger each time. */
const SEGMENT_LEAST = 4096;
/** Fingerprints of one segment at most: 400 MB of memory while it is made. */
const SEGMENT_MOST = 2 ** 18;
const PAGE_ROWS = 500;
const NAME = /^(\d{13})-(\d{13})\.fpi$/;

/** The index of `archive`. `FINGERPRINT_INDEX_DAMAGED`. */
export async function openFingerprintIndex(archive: IndexedArchive): Promise<FingerprintIndex> {
  const spans = spansOf(archive);
  using segments = new DisposableStack();
  const parts: IndexPart[] = spans.map(({ file }) => segments.use(openSegment(archive.disk, file)));
  const rest = await gather(archive, spans.at(-1)?.until ?? 0, Number.MAX_SAFE_INTEGER);
  parts.push(partInMemory(rest.postings, rest.names));
  const open = segments.move();
  return { parts, [Symbol.dispose]: () => open[Symbol.dispose]() };
}

/**
 * Writes what came after the last segment as a new one when it is `least` fingerprints or more, made one with those
 * before it that are no larger: so there are few, and each fingerprint is written a few times at most.
 */
export async function growFingerprintIndex(
  archive: IndexedArchive,
  least = SEGMENT_LEAST,
): Promise<void> {
  for (;;) {
    const spans = spansOf(archive);
    const end = spans.at(-1)?.until ?? 0;
    const fresh = await gather(archive, end, SEGMENT_MOST);
    if (fresh.names.length < least) return;
    const after = joinedFrom(archive, spans, fresh.names.length);
    writeSpan(archive, after, after === end ? fresh : await gather(archive, after, SEGMENT_MOST));
  }
}

/** Where a segment with `count` new fingerprints is to begin. */
function joinedFrom({ disk }: IndexedArchive, spans: readonly Span[], count: number): number {
  let after = spans.at(-1)?.until ?? 0;
  let sum = count;
  for (const span of spans.toReversed()) {
    using segment = openSegment(disk, span.file);
    if (segment.recordings > sum || segment.recordings + sum > SEGMENT_MOST) break;
    sum += segment.recordings;
    after = span.after;
  }
  return after;
}

function writeSpan({ disk, layout }: IndexedArchive, after: number, what: Gathered): void {
  ensureDirectory(disk, layout.index);
  const digits = (seq: number) => String(seq).padStart(13, '0');
  const file = path.join(layout.index, `${digits(after)}-${digits(what.until)}.fpi`);
  const temporary = path.join(layout.work, 'fingerprints.fpi');
  writeSegment(disk, { file, temporary }, what.postings, what.names);
  for (const span of allSpans(disk, layout.index))
    if (span.file !== file && span.after >= after && span.until <= what.until)
      disk.unlink(span.file);
}

interface Gathered {
  readonly postings: Postings;
  readonly names: readonly Digest[];
  /** The place in the history of the last one. */
  readonly until: number;
}

/** The fingerprints that came after a place in the history, `most` of them at most. */
async function gather({ ledger }: IndexedArchive, after: number, most: number): Promise<Gathered> {
  const builder = startPostings();
  const names: Digest[] = [];
  let until = after;
  for (;;) {
    const limit = Math.min(PAGE_ROWS, most - names.length);
    const rows = limit === 0 ? [] : await ledger.fingerprints(until, limit);
    for (const { digest, fingerprint } of rows) {
      builder.add(parseRecordedText(fingerprint));
      names.push(digest);
    }
    until = rows.at(-1)?.seq ?? until;
    if (rows.length < PAGE_ROWS) return { postings: builder.build(), names, until };
  }
}

/** The segments that follow one another from the beginning; after a kill the larger of two that begin alike counts. */
function spansOf({ disk, layout }: IndexedArchive): Span[] {
  const all = allSpans(disk, layout.index);
  const chain: Span[] = [];
  for (let after = 0; ; ) {
    const next = all.filter((span) => span.after === after).at(-1);
    if (!next) return chain;
    chain.push(next);
    after = next.until;
  }
}

/** By name, so that of those that begin alike the longest is last. */
function allSpans(disk: Disk, folder: string): Span[] {
  return disk.list(folder).flatMap((name) => {
    const [, after, until] = NAME.exec(name) ?? [];
    if (after === undefined || Number(until) <= Number(after)) return [];
    return [{ file: path.join(folder, name), after: Number(after), until: Number(until) }];
  });
}
