/** How far an import has come: `state.json` in its folder until it is finished, written after each piece. */
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { digestSchema } from '../model/digest-schema.ts';
import { importCountsSchema, inputCountsSchema } from '../model/import-record.ts';

const count = z.number().int().nonnegative();
const pieceSchema = z.array(
  z.strictObject({
    table: z.string(),
    file: z.string(),
    rows: count,
    bytes: count,
    sha256: digestSchema,
  }),
);

/** What was counted and refused up to some point. */
const tallySchema = z.strictObject({
  inputs: z.record(z.string(), inputCountsSchema),
  tables: z.record(z.string(), importCountsSchema),
  refusals: z.strictObject({
    counts: z.strictObject({
      IMPORT_RECORD_UNREADABLE: count,
      IMPORT_ROW_REFUSED: count,
      IMPORT_VALUE_REFUSED: count,
    }),
    lines: z.array(z.string()),
  }),
});
/** What was counted and refused up to some point. */
export type Tally = z.infer<typeof tallySchema>;

const stateSchema = z.strictObject({
  format: z.literal('fonoteca-import-state/2'),
  /** Shards of each finished piece, of staged tables too. */
  pieces: z.array(pieceSchema),
  /** When all files have been read and only queries are left: what was counted, and how many pieces that were. */
  filesRead: z
    .strictObject({
      pieces: count,
      tally: tallySchema,
      facts: z.record(z.string(), z.string()),
    })
    .nullable(),
});
/** How far an import has come. */
export type ImportState = z.infer<typeof stateSchema>;

const STATE_FILE = 'state.json';

/** The state of an import that has not begun. */
export const FRESH_STATE: ImportState = {
  format: 'fonoteca-import-state/2',
  pieces: [],
  filesRead: null,
};

/** The state in `directory`; a fresh one where there is none, none that can be read, or a shard it names is gone. */
export function loadState(disk: Disk, directory: string): ImportState {
  const file = path.join(directory, STATE_FILE);
  if (disk.stat(file)?.kind !== 'file') return FRESH_STATE;
  const parsed = stateSchema.safeParse(jsonOf(readWhole(disk, file).toString('utf8')));
  if (!parsed.success) return FRESH_STATE;
  const isWhole = parsed.data.pieces
    .flat()
    .every((shard) => disk.stat(path.join(directory, shard.file))?.sizeBytes === shard.bytes);
  return isWhole ? parsed.data : FRESH_STATE;
}

/** Makes `state` the one in `directory`. */
export function saveState(disk: Disk, directory: string, state: ImportState): void {
  putFile(disk, path.join(directory, STATE_FILE), canonicalJson(state), { replace: true });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
