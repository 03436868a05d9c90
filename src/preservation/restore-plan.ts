/**
 * What a restore would bring out: the holdings a selector names, with everything that names them in turn.
 *
 * A selector is `all`, a track id, an album id, a digest, or the start of one digest.
 */
import { type Digest, isDigest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { describedBy } from '../ledger/described-by.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { Description } from '../model/description.ts';
import type { SourceFile } from '../model/fact.ts';
import type { Derivative } from '../model/holding.ts';

/** One holding to be brought out. */
export interface RestoreItem {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly extension: string;
  /** The original was dropped; only its derivative is held. */
  readonly isDropped: boolean;
  /** What stands in for a dropped original, or is itself what was asked for. */
  readonly derivative: Derivative | null;
  /** For a companion: cover, booklet … */
  readonly role: string | null;
  /** Of the track, or for a companion of a track of its album. */
  readonly description: Description | null;
  /** Every place the bytes came from, vanished ones too. */
  readonly places: readonly SourceFile[];
}

/** The whole plan, in the order the holdings came. */
export interface RestorePlan {
  readonly selector: string;
  readonly items: readonly RestoreItem[];
  readonly totalBytes: number;
  /** Files that the selector names and that are withdrawn: they are left out. */
  readonly withdrawn: number;
}

/** Shortest start of a digest that is looked up: shorter ones are typing errors more often than not. */
const MIN_PREFIX = 8;

/**
 * The plan for `selector`. Throws `RESTORE_UNKNOWN`, `RESTORE_AMBIGUOUS` for a start of several digests, and
 * `RESTORE_WITHDRAWN` when all that it names is withdrawn.
 */
export async function planRestore(
  selector: string,
  { ledger }: { ledger: Ledger },
): Promise<RestorePlan> {
  const named = await selectItems(selector.trim(), ledger);
  const gone = await ledger.withdrawnDigests();
  const isGone = ({ digest, derivative }: RestoreItem) =>
    gone.has(digest) || (derivative !== null && gone.has(derivative.digest));
  const items = named.filter((item) => !isGone(item));
  if (items.length === 0 && named.length > 0)
    throw new FonotecaError('RESTORE_WITHDRAWN', JSON.stringify(selector.slice(0, 200)));
  const sizes = items.map(({ sizeBytes, isDropped, derivative }) =>
    isDropped ? (derivative?.sizeBytes ?? 0) : sizeBytes,
  );
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  return { selector, items, totalBytes, withdrawn: named.length - items.length };
}

async function selectItems(selector: string, ledger: Ledger): Promise<RestoreItem[]> {
  if (selector === 'all') return itemsOf(await ledger.holdings(), ledger);
  if (selector.includes(':')) {
    const ofTrack = await ledger.holdingsOfTrack(selector);
    const found = ofTrack.length > 0 ? ofTrack : await ledger.holdingsOfAlbum(selector);
    if (found.length > 0) return itemsOf(found, ledger);
  }
  const hex = selector.toLowerCase();
  if (isDigest(hex)) {
    const holding = await ledger.holding(hex);
    if (holding) return itemsOf([holding], ledger);
    const derivative = await ledger.derivative(hex);
    if (derivative) return [await derivativeItem(derivative, ledger)];
  } else if (/^[0-9a-f]+$/.test(hex) && hex.length >= MIN_PREFIX) {
    const found = (await ledger.holdings()).filter(({ digest }) => digest.startsWith(hex));
    if (found.length > 1)
      throw new FonotecaError('RESTORE_AMBIGUOUS', `${selector} begins ${found.length} digests`);
    if (found.length > 0) return itemsOf(found, ledger);
  }
  throw new FonotecaError('RESTORE_UNKNOWN', JSON.stringify(selector.slice(0, 200)));
}

async function itemsOf(holdings: readonly HeldHolding[], ledger: Ledger): Promise<RestoreItem[]> {
  const items: RestoreItem[] = [];
  for (const holding of holdings) {
    const { digest, sizeBytes, extension, dropped: isDropped, role } = holding;
    const derivatives = isDropped ? await ledger.derivativesOf(digest) : [];
    items.push({
      digest,
      sizeBytes,
      extension,
      isDropped,
      derivative: derivatives[0] ?? null,
      role,
      description: await describedBy(ledger, holding),
      places: await ledger.sourcesOf(digest),
    });
  }
  return items;
}

/** A derivative asked for by its own digest: it has no place, and its track's name. */
async function derivativeItem(derivative: Derivative, ledger: Ledger): Promise<RestoreItem> {
  const { digest, sizeBytes, extension, sourceDigest } = derivative;
  const source = await ledger.holding(sourceDigest);
  const description = source ? await describedBy(ledger, source) : null;
  const named = { role: null, description, places: [] };
  return { digest, sizeBytes, extension, isDropped: false, derivative, ...named };
}
