/**
 * One file copied into the archive's work directory while it is hashed.
 *
 * It is opened once, following no link, and the digest is that of the bytes read. A file whose size or time changes
 * meanwhile is a finding, and the next run reads it again.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { FoundEntry } from '../base/byte-name-disk.ts';
import type { Digest } from '../base/digest.ts';
import { READ_CHUNK_BYTES } from '../base/disk.ts';
import { type Finding, findingFrom } from '../base/errors.ts';
import type { ObjectWriter } from '../store/loose-store.ts';
import type { IngestDeps } from './add-options.ts';

/** A file in staging. Ends with one `commit` or `abort` of its object. */
export interface StagedFile {
  readonly object: Pick<ObjectWriter, 'commit' | 'abort'>;
  /** The bytes, until then. */
  readonly stagedFile: string;
  readonly digest: Digest;
  /** Root of the tree of its 16 KiB leaves; undefined for an empty file. */
  readonly leavesRoot: Digest | undefined;
  readonly sizeBytes: number;
  /** As the descriptor had it, before and after. */
  readonly mtimeMs: number;
}

/** What came of a file: staged, not wanted by its first bytes, or a finding about the file itself. */
export type Staging =
  | { readonly staged: StagedFile }
  | { readonly unwanted: { sizeBytes: number; mtimeMs: number } }
  | { readonly finding: Finding };

/** Chunks copied between two looks at other work, so that a large file does not deafen the process. */
const CHUNKS_PER_TURN = 16;

/**
 * Stages `file` (an absolute path as bytes), told of as `subject`, under a name that `number` keeps apart. `isWanted`
 * sees the first bytes. Throws only for what is wrong with the archive's own disk.
 */
export async function stageFile(
  file: Buffer,
  options: { subject: string; number: number; isWanted: (head: Uint8Array) => boolean },
  deps: Pick<IngestDeps, 'source' | 'disk' | 'store'>,
): Promise<Staging> {
  const opened = reading(options.subject, () => deps.source.openForReading(file));
  if ('finding' in opened) return opened;
  const descriptor = opened.value;
  try {
    const before = deps.source.lookOpen(descriptor);
    const head = reading(options.subject, () => readAt(descriptor, 0, deps));
    if ('finding' in head) return head;
    if (!options.isWanted(head.value)) return { unwanted: before };
    const object = deps.store.loose.startPut(`add-${options.number}`);
    try {
      const copied = await copy(descriptor, head.value, object, { ...options, deps });
      const after = deps.source.lookOpen(descriptor);
      const isSame = before.mtimeMs === after.mtimeMs && before.sizeBytes === after.sizeBytes;
      if (copied === undefined && isSame && object.sizeBytes === after.sizeBytes)
        return { staged: stagedOf(object, after) };
      object.abort();
      const seen = `${before.sizeBytes} bytes, then ${after.sizeBytes}; ${object.sizeBytes} were read`;
      return {
        finding: copied ?? { code: 'FILE_CHANGED_DURING_READ', subject: options.subject, seen },
      };
    } catch (error) {
      object.abort();
      throw error;
    }
  } finally {
    deps.disk.close(descriptor);
  }
}

function stagedOf(object: ObjectWriter, { sizeBytes, mtimeMs }: FoundEntry): StagedFile {
  const { stagedFile } = object;
  const [digest, leavesRoot] = [object.finish(), object.leavesRoot()];
  return { object, stagedFile, digest, leavesRoot, sizeBytes, mtimeMs };
}

/** Copies all of an open file whose first bytes are `head`; a finding when reading it fails, an error when writing does. */
async function copy(
  descriptor: number,
  head: Uint8Array,
  object: ObjectWriter,
  options: { subject: string; deps: Pick<IngestDeps, 'disk'> },
): Promise<Finding | undefined> {
  object.write(head);
  for (let chunks = 1; object.sizeBytes > 0; chunks += 1) {
    const chunk = reading(options.subject, () =>
      readAt(descriptor, object.sizeBytes, options.deps),
    );
    if ('finding' in chunk) return chunk.finding;
    if (chunk.value.length === 0) break;
    object.write(chunk.value);
    if (chunks % CHUNKS_PER_TURN === 0) await turn();
  }
  return undefined;
}

function readAt(
  descriptor: number,
  position: number,
  { disk }: Pick<IngestDeps, 'disk'>,
): Uint8Array {
  const buffer = Buffer.allocUnsafe(READ_CHUNK_BYTES);
  return buffer.subarray(0, disk.read(descriptor, buffer, position));
}

function reading<T>(subject: string, action: () => T): { value: T } | { finding: Finding } {
  try {
    return { value: action() };
  } catch (error) {
    const { code, seen } = findingFrom(error, subject);
    if (code === 'FILE_NOT_REGULAR') return { finding: { code, subject, seen } };
    return {
      finding: { code: 'SOURCE_UNREADABLE', subject, seen: `${code}: ${seen}`.slice(0, 300) },
    };
  }
}
