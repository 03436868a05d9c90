/**
 * Documents of an index gathered in rank order, as they come or in pieces that were taken apart elsewhere: runs go to the
 * spill file of their segment, whole names to another, marks into their file, and what is left to do is ordered.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { startChecked } from './checked-file.ts';
import type { RunSpan } from './posting-run.ts';
import type { SearchBatch, SearchPiece, SearchWriterOptions } from './search-documents.ts';
import { partName } from './search-files.ts';
import type { SearchOrder } from './search-finish.ts';
import { PIECE_DOCUMENTS, type SearchPieceMaker, startSearchPieces } from './search-piece.ts';
import { type SpillFile, startSpill } from './spill-file.ts';
import { startWholeNames } from './whole-names.ts';

/** Tiers of popularity of this many documents are searched one after the other. */
const SEGMENT_DOCUMENTS = 96_000_000;
/** A posting has 28 bits for its document. */
const MAX_SEGMENT_DOCUMENTS = 2 ** 28;

/** Documents being gathered. Ends with exactly one `finish` or `abort`. */
export interface SearchSpill {
  /** Takes the next documents. About 4 µs a track on one core. */
  add(batch: SearchBatch): void;
  /** Takes the next documents, already apart. Not together with `add`. */
  append(piece: SearchPiece): void;
  /** Orders what is left. */
  finish(): void;
  abort(): void;
}

interface OpenSegment {
  readonly file: string;
  readonly spill: SpillFile;
  readonly runs: RunSpan[];
  documents: number;
}

/** The index that `options` names, without documents; `give` hears of each order as soon as it can be carried out. */
export function startSearchSpill(
  disk: Disk,
  options: SearchWriterOptions,
  give: (order: SearchOrder) => void,
): SearchSpill {
  const { directory, temporary, group } = options;
  const mostDocuments = Math.min(
    MAX_SEGMENT_DOCUMENTS,
    options.segmentDocuments ?? SEGMENT_DOCUMENTS,
  );
  const at = (part: string) => path.join(temporary, `search-${group}.${part}.tmp`);
  const spillFile = at('names');
  const whole = startWholeNames(disk, spillFile);
  const marks = startChecked(disk, at('marks'), 'marks');
  let documents = 0;
  let segments = 0;
  let segment: OpenSegment | undefined;
  const endSegment = () => {
    if (!segment) return;
    const { file: spill, runs } = segment;
    segment.spill.close();
    const order = { spill, runs, first: documents - segment.documents };
    give({ kind: 'segment', ...order, documents: segment.documents });
    segment = undefined;
  };
  const append = (piece: SearchPiece) => {
    if (segment && segment.documents + piece.documents > mostDocuments) endSegment();
    segment ??= openSegment(disk, at(`runs-${segments++}`));
    for (const run of piece.runs) {
      const start = segment.spill.sizeBytes;
      segment.spill.write(run);
      segment.runs.push({ start, end: segment.spill.sizeBytes, first: segment.documents });
    }
    const { buffer, byteLength } = piece.marks;
    marks.write(new Uint8Array(buffer, 0, byteLength));
    whole.append(piece.whole, documents);
    segment.documents += piece.documents;
    documents += piece.documents;
  };
  let own: SearchPieceMaker | undefined;
  const mostOwn = Math.min(PIECE_DOCUMENTS, mostDocuments);
  return {
    append,
    add(batch) {
      own ??= startSearchPieces(group, options.runPostings);
      for (let from = 0; from < batch.count; ) {
        const end = Math.min(batch.count, from + mostOwn - own.documents);
        own.add(batch, from, end);
        if (own.documents === mostOwn) append(own.take());
        from = end;
      }
    },
    finish() {
      if (own && own.documents > 0) append(own.take());
      endSegment();
      marks.finish(path.join(directory, partName(group, 'marks')));
      give({ kind: 'rest', spill: spillFile, whole: whole.finish(), documents });
    },
    abort() {
      whole.abort();
      marks.abort();
      segment?.spill.drop();
      disk.unlink(path.join(directory, partName(group, 'marks')));
    },
  };
}

function openSegment(disk: Disk, file: string): OpenSegment {
  disk.unlink(file);
  return { file, spill: startSpill(disk, file), runs: [], documents: 0 };
}
