/** The plan of a withdrawal or a restoration: a value that prints, before anything is recorded or moved. */
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Volume } from '../model/volume.ts';
import {
  chosenItems,
  companionsGoneWith,
  orphanedCompanions,
  type WithdrawalChoice,
} from './choose-items.ts';
import type { RightsDeps, WithdrawalItem } from './withdrawal-item.ts';

/** What would be withdrawn or restored. */
export interface WithdrawalPlan {
  readonly items: readonly WithdrawalItem[];
  /** Chosen and withdrawn already (or, for a restoration, not withdrawn). */
  readonly already: readonly WithdrawalItem[];
  /** Volumes whose bytes change: their infohashes leave every seeder. */
  readonly volumes: readonly Volume[];
  /** Files that lie loose. */
  readonly loose: readonly Digest[];
  /** Of a restoration: chosen, and not among `items`, since no whole sealed copy is kept. */
  readonly missing: readonly WithdrawalItem[];
  readonly bytes: number;
}

/** What withdrawing `choice` would do. */
export async function planWithdrawal(
  deps: Pick<RightsDeps, 'ledger' | 'store'>,
  choice: WithdrawalChoice,
): Promise<WithdrawalPlan> {
  const chosen = await chosenItems(deps.ledger, choice);
  const all = [...chosen, ...(await orphanedCompanions(deps.ledger, chosen))];
  const withdrawn = await deps.ledger.withdrawnDigests();
  const items = all.filter(({ digest }) => !withdrawn.has(digest));
  return {
    items,
    already: all.filter(({ digest }) => withdrawn.has(digest)),
    volumes: await volumesOf(deps.ledger, items),
    loose: items.map(({ digest }) => digest).filter((each) => isLoose(deps, each)),
    missing: [],
    bytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/**
 * What restoring `choice` would do; what cannot come back is named and holds up nothing else. Throws `SEALED_MISSING` when
 * nothing of it can.
 */
export async function planRestore(
  deps: Pick<RightsDeps, 'ledger' | 'sealed'>,
  choice: WithdrawalChoice,
): Promise<WithdrawalPlan> {
  const { ledger } = deps;
  const withdrawn = await ledger.withdrawnDigests();
  const chosen = await chosenItems(ledger, choice);
  const coming = chosen.filter(({ digest }) => withdrawn.has(digest));
  const wanted = [...coming, ...(await companionsGoneWith(ledger, coming))];
  const items: WithdrawalItem[] = [];
  const missing: WithdrawalItem[] = [];
  for (const item of wanted) ((await canComeBack(deps, item.digest)) ? items : missing).push(item);
  if (items.length === 0 && missing.length > 0)
    throw new FonotecaError('SEALED_MISSING', missing.map(({ digest }) => digest).join(' '));
  return {
    items,
    already: chosen.filter(({ digest }) => !withdrawn.has(digest)),
    volumes: await volumesOf(ledger, items),
    loose: await looseAgain(deps, items),
    missing,
    bytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** `withdrawn` once `items` are restored. */
export function withoutItems(
  withdrawn: ReadonlySet<Digest>,
  items: readonly WithdrawalItem[],
): Set<Digest> {
  const left = new Set(withdrawn);
  for (const { digest } of items) left.delete(digest);
  return left;
}

/** Whether all that restoring `digest` needs is kept and whole. What had no bytes here when it was withdrawn needs none. */
async function canComeBack(
  { ledger, sealed }: Pick<RightsDeps, 'ledger' | 'sealed'>,
  digest: Digest,
): Promise<boolean> {
  const places = await ledger.places(digest);
  if (places.length === 0 && !sealed.has(digest)) return !sealed.isDestroyed(digest);
  try {
    sealed.open(digest).close();
    return places.every(({ volume, path }) => sealed.line(volume, path, digest) !== undefined);
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'SEALED_MISSING') return false;
    throw error;
  }
}

async function volumesOf(ledger: Ledger, items: readonly WithdrawalItem[]): Promise<Volume[]> {
  const names = new Set<string>();
  for (const { digest } of items)
    for (const { volume } of await ledger.places(digest)) names.add(volume);
  return (await ledger.volumes()).filter(({ name }) => names.has(name));
}

/** Those of `items` that lie in no volume and are kept sealed: they go back to where loose objects lie. */
async function looseAgain(
  { ledger, sealed }: Pick<RightsDeps, 'ledger' | 'sealed'>,
  items: readonly WithdrawalItem[],
): Promise<Digest[]> {
  const loose: Digest[] = [];
  for (const { digest } of items)
    if ((await ledger.places(digest)).length === 0 && sealed.has(digest)) loose.push(digest);
  return loose;
}

function isLoose({ store }: Pick<RightsDeps, 'store'>, digest: Digest): boolean {
  return store.loose.sizeOf(digest) !== undefined;
}
