/**
 * The file of a plan over a catalogue: header, curve, a code and a step by rank, in one checked container. The same plan
 * gives the same bytes. Spec: docs/formats/plan.md.
 */
import { z } from 'zod';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import {
  type CheckedFile,
  openChecked,
  PAGE_BYTES,
  startChecked,
} from '../catalogue/checked-file.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { CURVE_COLUMNS, type Curve } from './curve.ts';
import type { WalkedPlan } from './walk.ts';

const KIND = 'plan';
const LENGTH_BYTES = 4;
/** A policy with a thousand words in each filter fits many times. */
const MOST_HEADER_BYTES = 16 * 2 ** 20;
const CACHE_PAGES = 256;
/** The seal of the container: checksums of all pages in one hash. */
const SEAL_BYTES = 64;

const count = z.number().int().nonnegative();
const headerSchema = z.strictObject({
  format: z.literal('fonoteca-catalogue-plan/1'),
  snapshot: z.string().regex(/^[0-9a-f]{16}$/),
  /** The policy with every rule, as docs/planning.md names them. */
  policy: z.looseObject({ name: z.string(), order: z.string() }),
  rights: z.enum(['all', 'known']),
  budgetBytes: count.nullable(),
  keepBytes: count.nullable(),
  /** `counts` are the source's own; `model` is listening by popularity. */
  listens: z.enum(['counts', 'model']),
  totals: z.record(z.string(), z.number()),
  /** Tracks by status; their sum is the number of tracks. */
  statuses: z.record(z.string(), count),
  /** Each stage of the order and the steps of the curve that lead to its end. */
  stages: z.array(z.strictObject({ name: z.string(), steps: count })),
  steps: count,
  /** Steps within the limits. */
  cut: count,
});
/** What a plan says of itself. */
export type PlanHeader = z.infer<typeof headerSchema>;

/** A plan that is open. Codes and steps are read when asked for; the header and the curve are in memory. */
export interface OpenPlan extends Disposable {
  readonly header: PlanHeader;
  readonly curve: Curve;
  /** The code of the track of `rank`. */
  codeAt(rank: number): number;
  /** The step of the curve with which the track of `rank` is taken, `NO_STEP` when it is passed over. */
  stepAt(rank: number): number;
  /** The codes of all tracks in order, a chunk at a time. */
  codes(): Generator<Uint8Array>;
  /** A hash over all of the file, hex: two plans with the same seal say the same. */
  readonly seal: string;
}

/** Writes the plan to `file` by way of `temporary`. */
export function writePlan(
  disk: Disk,
  { file, temporary }: { file: string; temporary: string },
  header: PlanHeader,
  { codes, stepOf, curve }: WalkedPlan,
): void {
  const text = Buffer.from(canonicalJson(header as unknown as Json));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  const writer = startChecked(disk, temporary, KIND);
  const pad = () => writer.write(Buffer.alloc(padded(writer.position) - writer.position));
  writer.write(length);
  for (const part of [text, bytesOf(curve.numbers), codes, bytesOf(stepOf)]) {
    writer.write(part);
    pad();
  }
  writer.finish(file);
}

/** The plan in `file`. `PLAN_DAMAGED`, `FILE_MISSING`. */
export function openPlan(disk: Disk, file: string): OpenPlan {
  const checked = asPlan(file, () => openPlanFile(disk, file));
  try {
    const headerBytes = checked.read(0, LENGTH_BYTES).readUInt32LE();
    const header = headerOf(checked, headerBytes, file);
    const tracks = header.totals.tracks ?? 0;
    const curveAt = padded(LENGTH_BYTES + headerBytes);
    const curveBytes = header.steps * CURVE_COLUMNS.length * Float64Array.BYTES_PER_ELEMENT;
    const codesAt = padded(curveAt + curveBytes);
    const stepsAt = padded(codesAt + tracks);
    if (padded(stepsAt + tracks * 2) !== checked.sizeBytes)
      throw new FonotecaError('PLAN_DAMAGED', `${file}: ${checked.sizeBytes} bytes`);
    const numbers = new Float64Array(new Uint8Array(checked.read(curveAt, curveBytes)).buffer);
    return {
      header,
      curve: { steps: header.steps, numbers },
      codeAt: (rank) => checked.read(codesAt + rank, 1)[0]!,
      stepAt: (rank) => checked.read(stepsAt + rank * 2, 2).readUInt16LE(),
      *codes() {
        for (let at = 0; at < tracks; at += CHUNK_BYTES)
          yield checked.read(codesAt + at, Math.min(CHUNK_BYTES, tracks - at));
      },
      seal: sealOf(disk, file),
      [Symbol.dispose]: () => checked[Symbol.dispose](),
    };
  } catch (error) {
    checked[Symbol.dispose]();
    throw error;
  }
}

const CHUNK_BYTES = 64 * PAGE_BYTES;

/** The file, whose damage is told as that of a plan: it is another thing to make anew than the catalogue. */
function openPlanFile(disk: Disk, file: string): CheckedFile {
  const checked = openChecked(disk, file, { kind: KIND, cache: startPageCache(CACHE_PAGES) });
  return {
    ...checked,
    sizeBytes: checked.sizeBytes,
    read: (position, bytes) => asPlan(file, () => checked.read(position, bytes)),
  };
}

function asPlan<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'SEARCH_INDEX_DAMAGED') throw error;
    throw new FonotecaError('PLAN_DAMAGED', `${file}: ${error.seen}`, { cause: error });
  }
}

function headerOf(checked: CheckedFile, bytes: number, file: string): PlanHeader {
  try {
    if (bytes > MOST_HEADER_BYTES) throw new Error(`a header of ${bytes} bytes`);
    return headerSchema.parse(JSON.parse(checked.read(LENGTH_BYTES, bytes).toString('utf8')));
  } catch (error) {
    throw new FonotecaError('PLAN_DAMAGED', `${file}: ${messageOf(error)}`, { cause: error });
  }
}

function sealOf(disk: Disk, file: string): string {
  const descriptor = disk.openForReading(file);
  try {
    const room = Buffer.alloc(SEAL_BYTES);
    disk.read(descriptor, room, disk.stat(file)!.sizeBytes - SEAL_BYTES);
    return room.toString('hex');
  } finally {
    disk.close(descriptor);
  }
}

function padded(position: number): number {
  return Math.ceil(position / PAGE_BYTES) * PAGE_BYTES;
}

function bytesOf(numbers: Float64Array | Uint16Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
