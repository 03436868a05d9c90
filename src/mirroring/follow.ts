/**
 * Follows an archive by its key, at the address that was typed and at those its editions name. Input: a folder with what
 * is remembered. Output: the newest state that one of the addresses could prove. Specified in docs/formats/following.md.
 */
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Outbound } from '../base/outbound.ts';
import type { Watch } from '../base/progress.ts';
import { requireClock } from './check-timestamp.ts';
import { followOnce } from './follow-once.ts';
import { type FollowState, type LogHead, readFollowState, STATE_FILE } from './follow-state.ts';
import { type RemoteTree, remoteTree } from './remote-tree.ts';
import { openFolder, startStaging } from './staging.ts';

/** What to follow. */
export interface FollowOptions {
  /** The follower's folder, which is made. */
  readonly directory: string;
  /** The address that was typed. */
  readonly address: string;
  /** The public key; needed the first time. */
  readonly publicKey?: string | undefined;
  /** The archive that the folder is for, when that is known beforehand. */
  readonly archiveId?: string | undefined;
  /** A head kept by hand. */
  readonly since?: LogHead | undefined;
}

/** What following goes through. */
export interface FollowDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The door for what was typed. */
  readonly typed: Outbound;
  /** The door for addresses that an edition names. */
  readonly found: Outbound;
  readonly watch: Watch;
  /** Longest wait for an answer; the doors' own when absent. */
  readonly timeoutMs?: number;
}

/** An address that failed or lied. */
export interface RefusedAddress {
  readonly address: string;
  readonly code: ErrorCode;
  readonly seen: string;
}

/** What following found. */
export interface FollowReport {
  readonly state: FollowState;
  /** Whether the state is newer than the one remembered. */
  readonly isNew: boolean;
  /** The address that proved it. */
  readonly address: string;
  readonly refused: readonly RefusedAddress[];
}

/** What another address cannot mend: this machine, the typed key, and proof that two histories were signed. */
const FINAL =
  /^(?:INTERRUPTED|DISK_|FILE_|FOLLOW_(?:CLOCK|KEY_MISSING|STATE_DAMAGED|SINCE|FORKED|LOG_SHRUNK|LOG_REWRITTEN)$)/;

/**
 * The state after following. When no address can prove one, the refusal of the typed address is thrown and the
 * remembered state stays as it is.
 */
export async function follow(options: FollowOptions, deps: FollowDeps): Promise<FollowReport> {
  const { disk, clock } = deps;
  const { directory, publicKey, archiveId, since } = options;
  openFolder(disk, directory);
  const known = readFollowState(disk, directory);
  if (known) requireClock(clock, known, path.join(directory, STATE_FILE));
  const refused: (RefusedAddress & { readonly error: FonotecaError })[] = [];
  for (const remote of remoteTrees(options.address, known, deps)) {
    const staging = startStaging(disk, directory);
    try {
      const state = await followOnce({
        ...{ remote, staging, disk, directory, clock, publicKey, archiveId, known, since },
        onFile: counter(deps.watch),
      });
      const isNew =
        state.edition.sha256 !== known?.edition.sha256 ||
        state.timestamp.sequence !== known.timestamp.sequence;
      return { state, isNew, address: remote.address, refused };
    } catch (error) {
      if (!(error instanceof FonotecaError) || FINAL.test(error.code)) throw error;
      refused.push({ address: remote.address, code: error.code, seen: error.seen, error });
    } finally {
      openFolder(disk, directory);
    }
  }
  throw refused[0]!.error;
}

/** The tree at the typed address, then those at the addresses that are remembered. */
export function remoteTrees(
  address: string,
  known: Pick<FollowState, 'addresses'> | undefined,
  { typed, found, watch: { stop }, timeoutMs }: FollowDeps,
): RemoteTree[] {
  const first = remoteTree(address, { door: typed, timeoutMs, stop });
  const others = (known?.addresses ?? []).map((other) =>
    remoteTree(other, { door: found, timeoutMs, stop }),
  );
  return [first, ...others.filter((other) => other.address !== first.address)];
}

function counter({ progress }: Watch): (item: string) => void {
  let doneItems = 0;
  return (item) => {
    doneItems += 1;
    progress({ stage: 'follow', doneItems, item });
  };
}
