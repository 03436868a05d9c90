/**
 * Brings the log to where an edition leads it: tiles first, the checkpoint last. Killed anywhere, the same call completes
 * it. Spec: docs/formats/log.md.
 */
import path from 'node:path';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { MinisignSecretKey } from '../formats/minisign.ts';
import {
  type Checkpoint,
  checkpointText,
  parseCheckpoint,
  parseNote,
  signNote,
} from '../formats/signed-note.ts';
import { EMPTY_EDGE, headOf, type LogEdge } from '../formats/tlog-edge.ts';
import type { TreeHead } from '../formats/tlog-proof.ts';
import { type LogHead, logOrigin } from '../model/edition.ts';
import { CHECKPOINT, type LogPlace, logFile, putTile } from './log-folder.ts';
import { asStored, type StoredEdition, storedEdition } from './log-history.ts';
import { extend, extensions, headText, logHeadOf, storedEdge } from './log-state.ts';
import type { PublishDeps } from './publish-deps.ts';
import type { PublishedEdition } from './published-state.ts';
import { readWholeFile } from './small-files.ts';

/**
 * The head of the log behind `edition`, the newest one in its place, once its tiles and its checkpoint, signed with `key`,
 * are durable; `before` is the one before it, read when it is not given. Throws `LOG_DIFFERS` when the log that lies
 * there is of another history. Cost: what is missing.
 */
export function writeLog(
  deps: Pick<PublishDeps, 'disk' | 'directories'>,
  { edition, before }: { edition: PublishedEdition; before?: PublishedEdition | undefined },
  key: MinisignSecretKey,
): LogHead {
  const head = headOf(completeTiles(deps, edition, before));
  const origin = logOrigin(edition.edition.archive.id);
  const text = checkpointText({ origin, ...head });
  putCheckpoint(deps, signNote(text, { name: origin, keys: [key] }), head);
  return logHeadOf(head);
}

/** The checkpoint that lies in the folder, or undefined. Its signatures are not looked at. Throws `LOG_CHECKPOINT_INVALID`. */
function readCheckpoint(place: LogPlace): Checkpoint | undefined {
  const file = logFile(place, CHECKPOINT);
  if (place.disk.stat(file) === undefined) return undefined;
  return parseCheckpoint(parseNote(readWholeFile(place.disk, file)).text);
}

/**
 * The log behind `edition`, which is in its place, once its tiles are durable; `before` is the one before it, read when it
 * is not given. Throws `LOG_DIFFERS`.
 */
export function completeTiles(
  deps: Pick<PublishDeps, 'disk' | 'directories'>,
  edition: PublishedEdition,
  before?: PublishedEdition,
): LogEdge {
  const stored = asStored(deps, edition);
  const whole = storedEdge(deps, stored);
  if (whole) return whole;
  const older = before ? asStored(deps, before) : olderThan(deps, stored);
  const known = older ? storedEdge(deps, older) : EMPTY_EDGE;
  const steps = known ? [extend(known, older, stored)] : extensions(deps, stored.number);
  let edge = EMPTY_EDGE;
  for (const step of steps) {
    for (const tile of step.tiles) putTile(deps, tile);
    ({ edge } = step);
  }
  return edge;
}

function olderThan(place: LogPlace, { number }: StoredEdition): StoredEdition | undefined {
  return number > 1 ? storedEdition(place, number - 1) : undefined;
}

function putCheckpoint(
  deps: Pick<PublishDeps, 'disk' | 'directories'>,
  note: string,
  head: TreeHead,
): void {
  const { disk, directories } = deps;
  const file = logFile(deps, CHECKPOINT);
  if (disk.stat(file)) {
    if (readWholeFile(disk, file).equals(Buffer.from(note))) return;
    refuseLarger(deps, head);
  }
  const temporary = path.join(directories.work, 'edition-log-checkpoint');
  ensureDirectory(disk, path.dirname(file));
  putFile(disk, file, note, { replace: true, temporary });
}

/** A checkpoint that is ahead was made by editions that are gone; one that cannot be read is no promise and is made again. */
function refuseLarger(deps: LogPlace, head: TreeHead): void {
  const known = attemptCheckpoint(deps);
  if (!known || known.size < head.size) return;
  const [seen, wanted] = [headText(logHeadOf(known)), headText(logHeadOf(head))];
  if (seen !== wanted)
    throw new FonotecaError(
      'LOG_DIFFERS',
      `the checkpoint says ${seen}, the editions lead to ${wanted}`,
    );
}

function attemptCheckpoint(deps: LogPlace): Checkpoint | undefined {
  try {
    return readCheckpoint(deps);
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'LOG_CHECKPOINT_INVALID') return undefined;
    throw error;
  }
}
