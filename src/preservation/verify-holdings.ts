/**
 * Fixity of everything held: each loose object is read and hashed, each member of a volume is read through its leaf
 * hashes, and each holding must be somewhere. The published tree has a verifier of its own; this pass also covers
 * what is dark or not yet packed.
 */
import { type Digest, type Hasher, startSha256 } from '../base/digest.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { startAudioReader } from '../formats/audio-reader.ts';
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
  const subject = `${name} (${digest.slice(0, 12)})`;
  const fault = await readThrough(store, digest, startSha256());
  if (!fault) return undefined;
  const place = store.loose.sizeOf(digest) === undefined ? '' : placeOfDamage(digest, store);
  return { code: fault.code, subject, seen: `${fault.seen}${place}` };
}

/** Hands all bytes to `hasher`; what is wrong with them, or null. */
async function readThrough(
  store: Store,
  digest: Digest,
  hasher: Hasher,
): Promise<Pick<Finding, 'code' | 'seen'> | null> {
  try {
    for await (const chunk of store.read(digest)) hasher.update(chunk);
  } catch (error) {
    if (error instanceof FonotecaError) return { code: error.code, seen: error.seen };
    throw error;
  }
  const seen = hasher.finish();
  return seen === digest ? null : { code: 'STORE_OBJECT_DAMAGED', seen: `reads as ${seen}` };
}

/** Where the sound of a rotten object is broken by its own checksums: what still plays can be told from it. */
function placeOfDamage(digest: Digest, store: Store): string {
  const reader = startAudioReader('checksums');
  try {
    for (const chunk of store.loose.read(digest)) reader.push(chunk);
  } catch (error) {
    // The store says once more, behind the last byte, that the digest is wrong.
    if (!(error instanceof FonotecaError)) throw error;
  }
  const { format, verdict } = reader.finish();
  if (format === null || verdict.state !== 'damaged') return '';
  return `; its sound is broken first at byte ${verdict.atByte}: ${verdict.detail}`;
}
