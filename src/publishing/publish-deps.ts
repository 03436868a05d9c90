/** What publishing works with, opened by whoever calls it. */
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { MinisignSecretKey } from '../formats/minisign.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PublishSettings } from './publish-settings.ts';

/** What publishing works with. The archive's lock is held by the caller. */
export interface PublishDeps {
  readonly ledger: Ledger;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The archive's own key. */
  readonly secretKey: MinisignSecretKey;
  /** Keys that sign beside it where keys.json calls for them. */
  readonly furtherKeys?: readonly MinisignSecretKey[] | undefined;
  /** Absolute; `work` in the same file system as the others. */
  readonly directories: {
    readonly editions: string;
    readonly volumes: string;
    readonly work: string;
  };
  readonly settings: PublishSettings;
  /** Reads the verifier that is shipped with the edition. */
  readonly verifier: () => Uint8Array;
}
