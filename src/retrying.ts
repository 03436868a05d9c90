/** What failed, by name and reason, and trying it again: files that were refused, and originals that could not be re-encoded. */
import fs from 'node:fs';
import type { Archive } from './archive.ts';
import type { Finding } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import type { EncodeReport } from './encoding/encode-tail.ts';
import type { AddReport } from './ingest/add-report.ts';
import type { HeldItem } from './ingest/add-session.ts';
import { type AddWishes, runAdd, runEncodeAgain } from './stages.ts';

/** One thing that failed. */
export interface FailedItem {
  readonly stage: 'add' | 'encode';
  /** The path of a file, or the title of an original. */
  readonly subject: string;
  /** Stable error code. */
  readonly code: string;
  readonly seen: string;
}

/** What trying again came to. */
export interface RetryReport {
  /** Null when no file was refused. */
  readonly added: AddReport | null;
  /** Null when no encoding was refused. */
  readonly encoded: EncodeReport | null;
  /** Folders that are not there now, so that nothing in them could be tried. */
  readonly findings: readonly Finding[];
}

/** Everything that was refused and is not made good: files by folder and path, then originals by digest. */
export async function failedItems({ ledger }: Pick<Archive, 'ledger'>): Promise<FailedItem[]> {
  const items: FailedItem[] = [];
  for (const { root, path, code, seen } of await ledger.refusedFiles())
    items.push({ stage: 'add', subject: `${root}/${path}`, code: code ?? '', seen: seen ?? '' });
  for (const { digest, code, seen } of await ledger.derivativeRefusals()) {
    const holding = await ledger.holding(digest);
    if (!holding || holding.dropped || holding.withdrawn) continue;
    const subject = holding.description?.title ?? digest;
    items.push({ stage: 'encode', subject, code, seen });
  }
  return items;
}

/** Tries everything again that `failedItems` names, with `wishes` as for `add`; `onHeld` hears of each file once it is safe. */
export async function runRetry(
  archive: Archive,
  wishes: Omit<AddWishes, 'again'>,
  watches: { readonly add: Watch; readonly encode: Watch },
  onHeld: (item: HeldItem) => void,
): Promise<RetryReport> {
  const failed = await failedItems(archive);
  const roots = [...new Set((await archive.ledger.refusedFiles()).map(({ root }) => root))];
  const there = roots.filter((root) => fs.existsSync(root));
  const findings = roots
    .filter((root) => !there.includes(root))
    .map((root): Finding => ({ code: 'FILE_MISSING', subject: root, seen: 'the folder is gone' }));
  const added =
    there.length === 0
      ? null
      : await runAdd(archive, there, { ...wishes, again: true }, watches.add, onHeld);
  const isToEncode = failed.some(({ stage }) => stage === 'encode');
  const encoded =
    isToEncode && !added?.interrupted ? await runEncodeAgain(archive, watches.encode) : null;
  return { added, encoded, findings };
}
