/**
 * What a follower remembers of an archive: `state.json` in its folder, replaced only together with the tree it speaks of.
 * Specified in docs/formats/following.md.
 */
import path from 'node:path';
import { z } from 'zod';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const number = z.number().int().positive();

/** Size and root of a log. */
const logHeadSchema = z.strictObject({ size: number, root: digest });
/** Size and root of a log; the root in lower-case hex. */
export type LogHead = z.infer<typeof logHeadSchema>;

/** `state.json`. */
export const followStateSchema = z.strictObject({
  format: z.literal('fonoteca-following/1'),
  archiveId: z.string().regex(/^[0-9A-F]{16}$/),
  /** The public key that trust began with, as minisign writes it. */
  publicKey: z.string(),
  edition: z.strictObject({ number, sha256: digest }),
  timestamp: z.strictObject({ sequence: number, date: instant, expires: instant }),
  /** The newest head of the log; null before an archive has one. */
  log: logHeadSchema.nullable(),
  /** The keys that may sign what comes next. */
  keys: z.strictObject({
    edition: z.array(z.string()),
    timestamp: z.array(z.string()),
    threshold: number,
  }),
  /** Where else the edition says it can be fetched. */
  addresses: z.array(z.string()),
  /** The clock of this machine when the archive was last found well. */
  checked: instant,
});
/** What a follower remembers. */
export type FollowState = z.infer<typeof followStateSchema>;

/** The name of the state in a follower's folder. */
export const STATE_FILE = 'state.json';

/** What is remembered in `directory`, or undefined when nothing is. `FOLLOW_STATE_DAMAGED` when it cannot be read. */
export function readFollowState(disk: Disk, directory: string): FollowState | undefined {
  const file = path.join(directory, STATE_FILE);
  if (!disk.stat(file)) return undefined;
  try {
    return followStateSchema.parse(JSON.parse(readWhole(disk, file).toString('utf8')));
  } catch (error) {
    if (error instanceof FonotecaError) throw error;
    throw new FonotecaError('FOLLOW_STATE_DAMAGED', file, { cause: error });
  }
}

/** The head in `text`, written `SIZE:ROOT`. `LOG_HEAD_INVALID` otherwise. */
export function parseLogHead(text: string): LogHead {
  const [, size, root] = /^([1-9]\d{0,11}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (size === undefined || root === undefined)
    throw new FonotecaError('LOG_HEAD_INVALID', JSON.stringify(text.slice(0, 100)));
  return { size: Number(size), root };
}
