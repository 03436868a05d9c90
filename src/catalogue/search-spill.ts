/**
 * Documents of an index gathered in rank order, as they come or in pieces that were taken apart elsewhere: runs go to the
 * spill file of their segment, whole names to another, marks into their file, and what is left to do is ordered.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { type CheckedWriter, continueChecked, startChecked } from './checked-file.ts';
import type { RunSpan } from './posting-run.ts';
import type { SearchBatch, SearchPiece, SearchWriterOptions } from './search-documents.ts';
import { partName } from './search-files.ts';
import type { SearchOrder } from './search-finish.ts';
import { PIECE_DOCUMENTS, type SearchPieceMaker, startSearchPieces } from './search-piece.ts';
import { continueSpill, type SpillFile, startSpill } from './spill-file.ts';
import {
  continueWholeNames,
  type SpilledNames,
  startWholeNames,
  type WholeNamesWriter,
} from './whole-names.ts';

/** Tiers of popularity of this many documents are searched one after the other. */
const SEGMENT_DOCUMENTS = 96_000_000;
/** A posting has 28 bits for its document. */
const MAX_SEGMENT_DOCUMENTS = 2 ** 28;

/** A segment on its way: where its runs lie in the spill file of its number. */
interface SpilledSegment {
  readonly first: number;
  readonly documents: number;
  readonly runs: readonly RunSpan[];
}

/** Documents in spill files, as far as these are durable. */
export interface KeptSearch {
  readonly documents: number;
  /** All but the last are full. */
  readonly segments: readonly SpilledSegment[];
  readonly names: SpilledNames;
}

/** Documents being gathered. Ends with exactly one `finish` or `abort`. */
export interface SearchSpill {
  /** Takes the next documents. About 4 µs a track on one core. */
  add(batch: SearchBatch): void;
  /** Takes the next documents, already apart. Not together with `add`. */
  append(piece: SearchPiece): void;
  /** Makes what was appended durable, for `continueSearchSpill`. The caller makes the answer so before it appends or finishes. */
  keep(): KeptSearch;
  /** Whether `abort` leaves what was kept. */
  readonly isKept: boolean;
  /** Orders what is left. */
  finish(): void;
  abort(): void;
}

/** The index that `options` names, without documents; `give` hears of the orders in turn, and may carry each out at once. */
export function startSearchSpill(
  disk: Disk,
  options: SearchWriterOptions,
  give: (order: SearchOrder) => void,
): SearchSpill {
  const at = filesOf(options);
  disk.unlink(at.finalMarks);
  return spillOver(disk, options, give, {
    ...{ isKept: false, documents: 0, segments: [], openRuns: undefined },
    names: startWholeNames(disk, at.names),
    marks: startChecked(disk, at.marks, MARKS),
  });
}

/** Goes on behind what was `kept` of the index that `options` names: what was ordered by then is ordered again. */
export function continueSearchSpill(
  disk: Disk,
  options: SearchWriterOptions,
  give: (order: SearchOrder) => void,
  kept: KeptSearch,
): SearchSpill {
  const at = filesOf(options);
  const last = kept.segments.at(-1);
  const open = () =>
    continueChecked(disk, at.marks, MARKS, kept.documents * Int32Array.BYTES_PER_ELEMENT);
  return spillOver(disk, options, give, {
    ...{ isKept: true, documents: kept.documents, segments: kept.segments },
    names: continueWholeNames(disk, at.names, kept.names),
    openRuns:
      last && continueSpill(disk, at.runs(kept.segments.length - 1), last.runs.at(-1)?.end ?? 0),
    // The marks are finished first, when all else is gathered.
    marks: disk.stat(at.finalMarks) ? undefined : open(),
  });
}

const MARKS = 'marks';

function filesOf({ directory, temporary, group }: SearchWriterOptions) {
  const at = (part: string) => path.join(temporary, `search-${group}.${part}.tmp`);
  return {
    runs: (segment: number) => at(`runs-${segment}`),
    names: at('names'),
    marks: at('marks'),
    finalMarks: path.join(directory, partName(group, 'marks')),
  };
}

/** Where gathering begins. */
interface Begun extends Omit<KeptSearch, 'names'> {
  readonly isKept: boolean;
  readonly names: WholeNamesWriter;
  readonly marks: CheckedWriter | undefined;
  /** The spill of the last segment. */
  readonly openRuns: SpillFile | undefined;
}

function spillOver(
  disk: Disk,
  options: SearchWriterOptions,
  give: (order: SearchOrder) => void,
  begun: Begun,
): SearchSpill {
  const { names, marks } = begun;
  const at = filesOf(options);
  const mostDocuments = Math.min(
    MAX_SEGMENT_DOCUMENTS,
    options.segmentDocuments ?? SEGMENT_DOCUMENTS,
  );
  const segments = openSegments(disk, at.runs, begun);
  let { isKept, documents } = begun;
  const order = (end: number) => {
    for (const segment of segments.untilOrdered(end)) give({ kind: 'segment', ...segment });
  };
  const append = (piece: SearchPiece) => {
    // An order takes the spill away, so it waits until it is known that nobody comes back to it.
    order(segments.keptFull);
    segments.append(piece, documents, mostDocuments);
    const { buffer, byteLength } = piece.marks;
    marks!.write(new Uint8Array(buffer, 0, byteLength));
    names.append(piece.whole, documents);
    documents += piece.documents;
  };
  const own = startOwnPieces(options, mostDocuments, append);
  return {
    append,
    add: own.add,
    get isKept() {
      return isKept;
    },
    keep() {
      marks?.sync();
      isKept = true;
      return { documents, segments: segments.keep(), names: names.keep() };
    },
    finish() {
      own.end();
      order(Number.POSITIVE_INFINITY);
      marks?.finish(at.finalMarks);
      give({ kind: 'rest', spill: at.names, whole: names.finish(), documents });
    },
    abort() {
      names.abort();
      marks?.abort();
      segments.abort();
      if (!isKept) disk.unlink(at.finalMarks);
    },
  };
}

/** The segments of an index, of which the last takes what is appended. */
function openSegments(
  disk: Disk,
  fileOf: (segment: number) => string,
  begun: Pick<Begun, 'isKept' | 'segments' | 'openRuns'>,
) {
  const copied = (segments: readonly SpilledSegment[]) =>
    segments.map(({ runs, ...rest }) => ({ ...rest, runs: [...runs] }));
  const segments = copied(begun.segments);
  let { isKept, openRuns } = begun;
  let ordered = 0;
  /** Of those that were kept, the last may take more. */
  let keptFull = Math.max(0, segments.length - 1);
  return {
    /** Full segments that were kept. */
    get keptFull() {
      return keptFull;
    },
    append(piece: SearchPiece, first: number, mostDocuments: number) {
      let segment = segments.at(-1);
      if (!segment || segment.documents + piece.documents > mostDocuments) {
        openRuns?.close();
        openRuns = startSpill(disk, fileOf(segments.length));
        segment = { first, documents: 0, runs: [] };
        segments.push(segment);
      }
      for (const run of piece.runs) {
        const start = openRuns!.sizeBytes;
        openRuns!.write(run);
        segment.runs.push({ start, end: openRuns!.sizeBytes, first: segment.documents });
      }
      segment.documents += piece.documents;
    },
    keep(): readonly SpilledSegment[] {
      openRuns?.sync();
      isKept = true;
      keptFull = Math.max(0, segments.length - 1);
      return copied(segments);
    },
    /** Those before number `end` that were not given before, which then take no more. */
    *untilOrdered(end: number) {
      if (end >= segments.length) openRuns?.close();
      for (; ordered < Math.min(end, segments.length); ordered += 1)
        yield { spill: fileOf(ordered), ...segments[ordered]! };
    },
    abort() {
      openRuns?.drop();
      if (isKept) return;
      for (let segment = ordered; segment < segments.length; segment += 1)
        disk.unlink(fileOf(segment));
    },
  };
}

/** Documents that come as batches, as pieces for `append`. */
function startOwnPieces(
  { group, runPostings }: SearchWriterOptions,
  mostDocuments: number,
  append: (piece: SearchPiece) => void,
) {
  let own: SearchPieceMaker | undefined;
  const most = Math.min(PIECE_DOCUMENTS, mostDocuments);
  return {
    add(batch: SearchBatch) {
      own ??= startSearchPieces(group, runPostings);
      for (let from = 0; from < batch.count; ) {
        const end = Math.min(batch.count, from + most - own.documents);
        own.add(batch, from, end);
        if (own.documents === most) append(own.take());
        from = end;
      }
    },
    end() {
      if (own && own.documents > 0) append(own.take());
    },
  };
}
