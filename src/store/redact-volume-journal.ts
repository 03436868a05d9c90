/**
 * The journal of a redaction, `NAME.index.next`: the whole index as it will be, and which members are touched. It is
 * durable before a byte of the volume changes, so that a killed redaction can be completed from any mix of old and new
 * bytes. One line of JSON, then the index. Specified in docs/formats/volume.md.
 */
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { digestSchema } from '../model/digest-schema.ts';

/** What a redaction in progress knows. */
export interface RedactionJournal {
  /** The index as it will be. */
  readonly index: Uint8Array;
  /** Members, counted from 0 in the order of the index, whose bytes may be old, new or in between. */
  readonly touched: ReadonlySet<number>;
}

/** The files of a volume and of its redaction. */
export interface VolumeFiles {
  readonly tar: string;
  readonly leaves: string;
  readonly torrent: string;
  readonly nextLeaves: string;
  readonly nextTorrent: string;
  readonly journal: string;
}

const headSchema = z.strictObject({
  format: z.literal('fonoteca-redaction/1'),
  index: digestSchema,
  touched: z.array(z.number().int().nonnegative()),
});

/** The files of the volume `name` in `directory`. */
export function volumeFiles(directory: string, name: string): VolumeFiles {
  const base = path.join(directory, name);
  return {
    tar: `${base}.tar`,
    leaves: `${base}.leaves`,
    torrent: `${base}.torrent`,
    nextLeaves: `${base}.leaves.next`,
    nextTorrent: `${base}.torrent.next`,
    journal: `${base}.index.next`,
  };
}

/** The names of the volumes in `directory` that have a redaction in progress. */
export function redactionsInProgress(disk: Disk, directory: string): string[] {
  return disk
    .list(directory)
    .filter((file) => file.endsWith('.index.next'))
    .map((file) => file.slice(0, -'.index.next'.length));
}

/** The journal in `file`, or undefined when no redaction is in progress. Throws `STORE_OBJECT_DAMAGED`. */
export function readJournal(disk: Disk, file: string): RedactionJournal | undefined {
  if (disk.stat(file)?.kind !== 'file') return undefined;
  const bytes = readWhole(disk, file);
  const end = bytes.indexOf(0x0a);
  const head = headSchema.safeParse(parseJson(bytes.subarray(0, Math.max(0, end))));
  const index = bytes.subarray(end + 1);
  if (!head.success || sha256(index) !== head.data.index)
    throw new FonotecaError('STORE_OBJECT_DAMAGED', file);
  return { index, touched: new Set(head.data.touched) };
}

/** Makes `journal` durable in `file`, in the place of one before. */
export function putJournal(disk: Disk, file: string, { index, touched }: RedactionJournal): void {
  const head = canonicalJson({
    format: 'fonoteca-redaction/1',
    index: sha256(index),
    touched: [...touched].sort((a, b) => a - b),
  });
  putFile(disk, file, Buffer.concat([Buffer.from(`${head}\n`), index]), { replace: true });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
