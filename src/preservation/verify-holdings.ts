/**
 * Fixity of everything held: each loose object is read and hashed, each member of a volume is read through its leaf
 * hashes, and each holding must be somewhere. The published tree has a verifier of its own; this pass also covers
 * what is dark or not yet packed.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';

/** What a fixity pass found. */
export interface HoldingsReport {
  readonly checked: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

/** What a fixity pass works with. */
export interface VerifyDeps {
  readonly ledger: Ledger;
  readonly store: Store;
}

/** Reads everything the ledger says is loose, or with `all` everything held, and compares it with its digest. */
export async function verifyHoldings(
  deps: VerifyDeps,
  options: { all: boolean },
  watch: Watch,
): Promise<HoldingsReport> {
  const wanted = await digestsToCheck(deps, options.all);
  const totalBytes = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const findings: Finding[] = [];
  let checked = 0;
  let bytes = 0;
  for (const { digest, sizeBytes, name } of wanted) {
    if (watch.stop.aborted) break;
    const finding = await check(digest, name, deps.store);
    if (finding) findings.push(finding);
    checked += 1;
    bytes += sizeBytes;
    watch.progress({
      stage: 'verify',
      doneItems: checked,
      totalItems: wanted.length,
      doneBytes: bytes,
      totalBytes,
      item: name,
    });
  }
  return { checked, bytes, findings, interrupted: checked < wanted.length };
}

interface Wanted {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly name: string;
}

async function digestsToCheck({ ledger, store }: VerifyDeps, all: boolean): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  for (const holding of await ledger.holdings()) {
    const name = holding.description?.title ?? holding.role ?? holding.digest;
    const files = [
      ...(holding.dropped ? [] : [holding]),
      ...(await ledger.derivativesOf(holding.digest)),
    ];
    for (const { digest, sizeBytes } of files) {
      if (await ledger.isWithdrawn(digest)) continue;
      const isPacked = (await ledger.places(digest)).length > 0;
      if (all || !isPacked || store.loose.sizeOf(digest) !== undefined)
        wanted.push({ digest, sizeBytes, name });
    }
  }
  return wanted;
}

async function check(digest: Digest, name: string, store: Store): Promise<Finding | undefined> {
  const hasher = startSha256();
  const subject = `${name} (${digest.slice(0, 12)})`;
  try {
    for await (const chunk of store.read(digest)) hasher.update(chunk);
  } catch (error) {
    if (error instanceof FonotecaError) return { code: error.code, subject, seen: error.seen };
    throw error;
  }
  const seen = hasher.finish();
  return seen === digest
    ? undefined
    : { code: 'STORE_OBJECT_DAMAGED', subject, seen: `reads as ${seen}` };
}
