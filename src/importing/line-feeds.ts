/**
 * The lines of files and queries on their way into an import: cut into blocks, read in threads where there are several,
 * counted and taken in their order.
 */
import { type BlockLanes, openBlockLanes } from './block-lanes.ts';
import type { EncodedTable, LineBlock, LineSource } from './block-orders.ts';
import type { InputContext, InputRule } from './compile-input.ts';
import { createBlockCutter } from './line-blocks.ts';
import type { Preset } from './preset.ts';
import type { RowTally } from './row-tally.ts';

/** What lines come from. */
export type FeedSource = Omit<LineSource, 'number' | 'rule'>;

/** The lines of one file or query, as they come. */
export interface LineFeed {
  /** Takes the next bytes; resolves when more may come. */
  push(bytes: Uint8Array): Promise<void>;
  /** Resolves when all rows of all lines are taken. */
  end(): Promise<void>;
}

/** The feeds of one run. */
export interface LineFeeds {
  /** Records in their lines so far. */
  readonly records: number;
  /** The lines of a file or query that are read by `rule`; one after the other. */
  open(rule: InputRule, source: FeedSource): LineFeed;
  /** Ends the threads. */
  close(): Promise<void>;
}

interface FeedOptions {
  readonly preset: Preset;
  readonly context: InputContext;
  readonly tally: RowTally;
  readonly threads: number;
  readonly totalBytes: number;
  readonly pieceRows: number;
}

/** Bytes of lines that are read at once: they give pages of some ten thousand rows. */
const BLOCK_BYTES = 4 * 2 ** 20;
/** Where pieces are small, blocks are too: they have about this many bytes for each row of a piece. */
const BLOCK_BYTES_A_ROW = 32;
/** With fewer blocks a thread is not worth its start. */
const LEAST_BLOCKS = 2;

/** The feeds of a run whose blocks `take` receives, in order. */
export function createLineFeeds(
  { preset, context, tally, threads, totalBytes, pieceRows }: FeedOptions,
  take: (tables: readonly EncodedTable[]) => void,
): LineFeeds {
  const blockBytes = Math.min(BLOCK_BYTES, Math.ceil(pieceRows * BLOCK_BYTES_A_ROW));
  const laneThreads = totalBytes > LEAST_BLOCKS * blockBytes ? threads : 1;
  let lanes: BlockLanes | undefined;
  let records = 0;
  /** Lines of each source so far. */
  const linesBefore: number[] = [];
  const openLanes = () =>
    openBlockLanes({ preset, context }, laneThreads, {
      read({ source: { number, rule, fileName, isNumbered } }, read) {
        const lines = linesBefore[number]!;
        linesBefore[number] = lines + read.lines;
        records += read.taken + read.passed + read.refused;
        const before = isNumbered ? 0 : lines;
        return tally.block(read, { kind: rule.kind, file: fileName, before });
      },
      encoded: take,
    });
  return {
    get records() {
      return records;
    },
    open(rule, source) {
      const counts = tally.inputs(rule.kind);
      lanes ??= openLanes();
      const number = linesBefore.push(0) - 1;
      return feedLines({ number, rule, ...source }, lanes, blockBytes, () => {
        const line = linesBefore[number]! + 1;
        linesBefore[number] = line;
        counts.read += 1;
        counts.refused += 1;
        records += 1;
        tally.quarantine.add({
          ...{ code: 'IMPORT_RECORD_UNREADABLE', file: source.fileName },
          ...{ line, column: 1, seen: 'longer than a line may be' },
        });
      });
    },
    close: async () => lanes?.[Symbol.asyncDispose](),
  };
}

/** The lines of `source` through `lanes`, block by block; `longLine` hears of each line that is in none, in its turn. */
function feedLines(
  source: LineSource,
  lanes: BlockLanes,
  blockBytes: number,
  longLine: () => void,
): LineFeed {
  let isFirst = true;
  let cut: (LineBlock | 'long line')[] = [];
  const cutter = createBlockCutter(blockBytes, {
    block(bytes) {
      cut.push({ source, isFirst, bytes });
      isFirst = false;
    },
    longLine() {
      cut.push('long line');
      isFirst = false;
    },
  });
  const hand = async () => {
    const blocks = cut;
    cut = [];
    for (const block of blocks) {
      if (block !== 'long line') await lanes.hand(block);
      else {
        await lanes.drain();
        longLine();
      }
    }
  };
  return {
    async push(bytes) {
      cutter.push(bytes);
      if (cut.length > 0) await hand();
    },
    async end() {
      cutter.end();
      await hand();
      await lanes.drain();
    },
  };
}
