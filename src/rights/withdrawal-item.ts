/** What withdrawals and restorations are made of: files by digest, with what a tombstone says of each. */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import type { PunchHole } from '../base/punch-hole.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { Derivative } from '../model/holding.ts';
import type { Seeder } from '../model/seeder.ts';
import type { SealedStore } from '../store/sealed.ts';
import type { Store } from '../store/store.ts';

/** What withdrawing works with. */
export interface RightsDeps {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly sealed: SealedStore;
  readonly disk: Disk;
  /** Whoever holds torrents of this archive. */
  readonly seeders: readonly Seeder[];
  /** How space is given back; absent where it is not. */
  readonly punch?: PunchHole | undefined;
}

/** One file. */
export interface WithdrawalItem {
  readonly digest: Digest;
  readonly kind: 'original' | 'derivative' | 'companion';
  readonly sizeBytes: number;
  readonly audioDigest: Digest | null;
  /** Track or album id. */
  readonly subject: string | null;
  /** As a person would name it. */
  readonly title: string;
}

/** `holding` as an item. */
export function itemOfHolding(holding: HeldHolding): WithdrawalItem {
  const { digest, sizeBytes, technical, description, trackId, albumId, role } = holding;
  const isAudio = holding.kind === 'audio';
  return {
    digest,
    kind: isAudio ? 'original' : 'companion',
    sizeBytes,
    audioDigest: technical?.audioDigest ?? null,
    subject: isAudio ? trackId : albumId,
    title: description?.title ?? role ?? '',
  };
}

/** `derivative`, made from `holding`, as an item. */
export function itemOfDerivative(derivative: Derivative, holding: HeldHolding): WithdrawalItem {
  const { digest, sizeBytes, technical } = derivative;
  const { subject, title } = itemOfHolding(holding);
  const { audioDigest } = technical;
  return { digest, kind: 'derivative', sizeBytes, audioDigest, subject, title };
}
