/**
 * An index written from documents in rank order: words gathered in runs, runs merged into segments, whole names, marks of
 * neighbours and the vocabulary. Memory does not grow with the documents but for 4 bytes for each 16 whole names while
 * these are put in order. Layout: docs/formats/search-index.md.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, type DurableWriter, startDurable } from '../base/durable.ts';
import { compareBytes } from '../base/safe-path.ts';
import { type CheckedWriter, openChecked, startChecked } from './checked-file.ts';
import { type DocumentTerms, emptyName, startDocumentTerms } from './document-terms.ts';
import { startPageCache } from './page-cache.ts';
import { type PostingRun, type RunSpan, startPostingRun } from './posting-run.ts';
import type {
  SearchBatch,
  SearchWriter,
  SearchWriterOptions,
  WrittenSearch,
} from './search-documents.ts';
import { partName, SEARCH_FORMAT, segmentNames, writeSummary } from './search-files.ts';
import { mergeSegment } from './segment-merge.ts';
import { openTermBlocks } from './term-blocks.ts';
import { writeVocabulary } from './vocabulary-write.ts';
import {
  addTermHash,
  startNameHash,
  startWholeNames,
  type WholeNamesWriter,
} from './whole-names.ts';

/** Tiers of popularity of this many documents are searched one after the other. */
const SEGMENT_DOCUMENTS = 96_000_000;
/** A posting has 28 bits for its document. */
const MAX_SEGMENT_DOCUMENTS = 2 ** 28;
const RUN_POSTINGS = 2 ** 24;
const TITLE = 1;
const ARTIST = 2;
const ALBUM = 4;
const MARKS_BUFFER = 16_384;
/** Pages held while the dictionaries are read once, in order. */
const MERGE_PAGES = 1024;

/** A writer of the index that `options` names. */
export function startSearchWriter(disk: Disk, options: SearchWriterOptions): SearchWriter {
  return new IndexWriter(disk, options);
}

class IndexWriter implements SearchWriter {
  readonly #disk: Disk;
  readonly #options: SearchWriterOptions;
  readonly #segmentDocuments: number;
  readonly #run: PostingRun;
  readonly #terms: DocumentTerms;
  readonly #title = emptyName();
  readonly #artist = emptyName();
  readonly #album = emptyName();
  readonly #whole: WholeNamesWriter;
  readonly #marks: CheckedWriter;
  readonly #markBuffer = new Int32Array(MARKS_BUFFER);
  readonly #files: string[] = [];
  readonly #segments: { first: number; documents: number }[] = [];
  #spill: DurableWriter | undefined;
  #spans: RunSpan[] = [];
  #documents = 0;
  #postings = 0;

  constructor(disk: Disk, options: SearchWriterOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#segmentDocuments = Math.min(
      MAX_SEGMENT_DOCUMENTS,
      options.segmentDocuments ?? SEGMENT_DOCUMENTS,
    );
    this.#run = startPostingRun(options.runPostings ?? RUN_POSTINGS);
    this.#terms = startDocumentTerms(this.#run);
    this.#whole = startWholeNames(disk, this.#temporary('whole'));
    this.#marks = startChecked(disk, this.#temporary('marks'), 'marks');
  }

  add(batch: SearchBatch): void {
    for (let row = 0; row < batch.count; row += 1) {
      const inSegment = this.#documents - this.#segments.length * this.#segmentDocuments;
      if (inSegment === this.#segmentDocuments) this.#endSegment();
      else if (this.#run.isFull) this.#flushRun();
      this.#run.startDocument(this.#documents - this.#segments.length * this.#segmentDocuments);
      this.#addNames(batch, row);
      this.#addRest(batch, row);
      this.#documents += 1;
    }
  }

  finish(): WrittenSearch {
    try {
      if (this.#documents > this.#segments.length * this.#segmentDocuments) this.#endSegment();
      const { directory, temporary, group } = this.#options;
      this.#flushMarks(this.#documents % MARKS_BUFFER);
      this.#marks.finish(this.#final(partName(group, 'marks')));
      this.#whole.finish(this.#final(partName(group, 'whole')));
      const { words, alphabets } = this.#writeVocabulary();
      const documents = this.#documents;
      const postings = this.#postings;
      const segments = this.#segments;
      this.#final(partName(group, 'index'));
      writeSummary(
        this.#disk,
        { directory, temporary },
        { format: SEARCH_FORMAT, group, documents, postings, words, segments, alphabets },
      );
      const files = [...this.#files].sort((a, b) => compareBytes(a, b));
      return { group, documents, postings, words, files };
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  abort(): void {
    this.#whole.abort();
    this.#marks.abort();
    if (this.#spill) abortQuietly(this.#spill);
    for (const name of this.#files) this.#disk.unlink(path.join(this.#options.directory, name));
  }

  #addNames(batch: SearchBatch, row: number): void {
    const [title, artist, album] = [this.#title, this.#artist, this.#album];
    this.#terms.addName(title, batch.title?.[row], TITLE);
    this.#terms.addName(artist, batch.artist?.[row], ARTIST);
    this.#terms.addName(album, batch.album?.[row], ALBUM);
    this.#markBuffer[this.#documents % MARKS_BUFFER] = title.marks | artist.marks | album.marks;
    if ((this.#documents + 1) % MARKS_BUFFER === 0) this.#flushMarks(MARKS_BUFFER);
    const { group } = this.#options;
    const name = group === 'tracks' ? title : group === 'albums' ? album : artist;
    if (name.hashCount === 0) return;
    const whole = startNameHash();
    for (let at = 0; at < name.hashCount; at += 1) addTermHash(whole, name.hashes[at]!);
    this.#whole.add(whole, this.#documents);
    if (name === artist || artist.hashCount === 0) return;
    const both = startNameHash();
    for (let at = 0; at < artist.hashCount; at += 1) addTermHash(both, artist.hashes[at]!);
    for (let at = 0; at < name.hashCount; at += 1) addTermHash(both, name.hashes[at]!);
    this.#whole.add(both, this.#documents);
  }

  #addRest(batch: SearchBatch, row: number): void {
    const terms = this.#terms;
    const label = batch.label?.[row];
    if (label) terms.addOwn('label', label);
    const year = batch.year?.[row];
    if (year !== null && year !== undefined && year >= 1000 && year < 3000) {
      terms.addPlain('year', String(year));
      terms.addPlain('decade', String(Math.floor(year / 10)));
    }
    const genres = batch.genres?.[row];
    if (genres) for (const genre of genres) terms.addOwn('genre', genre);
    const licence = batch.licence?.[row];
    if (licence) {
      terms.addPlain('licence', '');
      terms.addOwn('licence', licence);
    }
    if (batch.explicit?.[row]) terms.addPlain('explicit', '');
  }

  #flushMarks(count: number): void {
    this.#marks.write(new Uint8Array(this.#markBuffer.buffer, 0, count * 4));
  }

  #flushRun(): void {
    if (this.#run.count === 0) return;
    if (!this.#spill) {
      const file = this.#temporary('runs');
      this.#disk.unlink(file);
      this.#spill = startDurable(this.#disk, file);
    }
    this.#spans.push(this.#run.flush(this.#spill));
    this.#terms.startRun();
  }

  #endSegment(): void {
    this.#flushRun();
    const { directory, group } = this.#options;
    const names = segmentNames(group, this.#segments.length);
    this.#files.push(names.terms, names.postings);
    this.#spill ??= startDurable(this.#disk, this.#temporary('runs'));
    const merged = mergeSegment(this.#disk, this.#temporary('runs'), this.#spans, {
      terms: path.join(directory, names.terms),
      postings: path.join(directory, names.postings),
      temporary: this.#temporary('segment'),
      documents: this.#documents - this.#segments.length * this.#segmentDocuments,
    });
    abortQuietly(this.#spill);
    [this.#spill, this.#spans] = [undefined, []];
    this.#postings += merged.postings;
    const first = this.#segments.length * this.#segmentDocuments;
    this.#segments.push({ first, documents: this.#documents - first });
  }

  #writeVocabulary(): ReturnType<typeof writeVocabulary> {
    const { directory, group } = this.#options;
    const cache = startPageCache(MERGE_PAGES);
    const opened = this.#segments.map((_, number) => {
      const file = path.join(directory, segmentNames(group, number).terms);
      return { name: file, file: openChecked(this.#disk, file, { kind: 'terms', cache }) };
    });
    try {
      const segments = opened.map(({ name, file }) =>
        openTermBlocks(file, { name, bodyBytes: file.sizeBytes }),
      );
      return writeVocabulary(this.#disk, segments, {
        vocabulary: segments.length === 1 ? null : this.#final(partName(group, 'words')),
        filter: this.#final(partName(group, 'filter')),
        temporary: this.#temporary('vocabulary'),
      });
    } finally {
      for (const { file } of opened) file[Symbol.dispose]();
    }
  }

  /** The path of a file of the index, noted among those that an abort removes. */
  #final(name: string): string {
    this.#files.push(name);
    return path.join(this.#options.directory, name);
  }

  #temporary(part: string): string {
    return path.join(this.#options.temporary, `search-${this.#options.group}.${part}.tmp`);
  }
}
