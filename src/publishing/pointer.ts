/**
 * The timestamp that says for a while which edition is the newest, and the one pointer that readers follow.
 */
import path from 'node:path';
import { isoSeconds } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { type MinisignSecretKey, signMinisign } from '../formats/minisign.ts';
import {
  documentText,
  type EditionPointer,
  type EditionTimestamp,
  editionFolderName,
  type LogHead,
  TRUSTED_COMMENTS,
} from '../model/edition.ts';
import type { PublishDeps } from './publish-deps.ts';
import { TIMESTAMP_DAYS } from './publish-settings.ts';
import { newestTimestamp, timestampFolder } from './published-state.ts';
import { readWholeFile } from './small-files.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * The newest timestamp of edition `number`, behind which the log has head `log`, signed with `key` now when there is none, or when more
 * than half of it has run out. A sequence number whose two files are not both there was never pointed to and is written again.
 */
export function renewTimestamp(
  deps: PublishDeps,
  { number, digest, log }: { number: number; digest: Digest; log: LogHead },
  key: MinisignSecretKey,
): EditionTimestamp {
  const now = deps.clock.nowIso();
  const newest = newestTimestamp(deps, number, digest);
  const halfway =
    newest && isoSeconds(new Date(Date.parse(newest.expires) - (TIMESTAMP_DAYS * DAY_MS) / 2));
  if (newest && halfway !== undefined && now < halfway) return newest;
  const timestamp: EditionTimestamp = {
    format: 'fonoteca-timestamp/1',
    edition: number,
    sequence: (newest?.sequence ?? 0) + 1,
    sha256: digest,
    date: now,
    expires: isoSeconds(new Date(Date.parse(now) + TIMESTAMP_DAYS * DAY_MS)),
    log,
  };
  write(deps, timestamp, key);
  return timestamp;
}

/** Makes `editions/current.json` say `pointer`, in one step; nothing is written when it says so already. */
export function setPointer({ disk, directories }: PublishDeps, pointer: EditionPointer): void {
  const file = path.join(directories.editions, 'current.json');
  const text = documentText(pointer);
  if (disk.stat(file) && readWholeFile(disk, file).toString('utf8') === text) return;
  const temporary = path.join(directories.work, 'edition-current.json');
  putFile(disk, file, text, { replace: true, temporary });
}

function write(deps: PublishDeps, timestamp: EditionTimestamp, key: MinisignSecretKey): void {
  const { disk, directories } = deps;
  const folder = timestampFolder(deps);
  const name = `${editionFolderName(timestamp.edition)}-${timestamp.sequence}.json`;
  const text = documentText(timestamp);
  const comment = TRUSTED_COMMENTS.timestamp(timestamp.edition, timestamp.sequence);
  ensureDirectory(disk, folder);
  const put = (file: string, content: string) =>
    putFile(disk, path.join(folder, file), content, {
      replace: true,
      temporary: path.join(directories.work, `edition-${file}`),
    });
  put(`${name}.minisig`, signMinisign(key, text, comment));
  put(name, text);
}
