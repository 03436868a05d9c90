/**
 * Members proved by the leaves of the volume they are written into, without another hash of their bytes.
 *
 * A payload starts on a 16 KiB boundary of the volume, so the volume's leaves over it are its own; only its last, partial
 * leaf shares one with the bytes behind it and is hashed apart. The root over them is the one that was made in the pass
 * that made its digest, when it was taken in: then these are the bytes with that digest. See docs/formats/volume.md.
 */
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { rootDigest } from '../formats/leaves-root.ts';
import { HASH_BYTES, LEAF_BYTES, leafCount, leafHash } from '../formats/merkle.ts';

/** A member to be proved, and the place of its payload, which starts on a leaf. */
export interface ProvedMember {
  readonly digest: Digest;
  readonly leavesRoot: Digest;
  readonly positionBytes: number;
  readonly sizeBytes: number;
}

/** Members on their way into a volume. */
export interface MemberProofs {
  /**
   * Announces `member`, before any of its bytes is handed in, in the order of the volume. What is returned takes its
   * partial last leaf, empty when there is none. Throws as `told` does.
   */
  begin(member: ProvedMember): (partialLeaf: Uint8Array) => void;
  /** Hears the volume's leaves in order. `STORE_OBJECT_DAMAGED` when they are not those of a member. */
  told(leaves: Uint8Array): void;
  /** How many members still wait for leaves or their last bytes. */
  readonly waiting: number;
}

interface Waiting {
  readonly member: ProvedMember;
  /** Number of its first leaf in the volume. */
  readonly first: number;
  /** How many of its leaves are whole. */
  readonly whole: number;
  readonly leaves: Buffer;
  hasLast: boolean;
}

/** Proofs for one volume. Memory: 32 bytes for each leaf of the members under way. */
export function startMemberProofs(): MemberProofs {
  const waiting: Waiting[] = [];
  let leafNumber = 0;
  const settle = () => {
    for (let first = waiting[0]; first && isComplete(first, leafNumber); first = waiting[0]) {
      waiting.shift();
      requireRoot(first);
    }
  };
  return {
    begin(member) {
      const { positionBytes, sizeBytes } = member;
      const one: Waiting = {
        member,
        first: positionBytes / LEAF_BYTES,
        whole: Math.floor(sizeBytes / LEAF_BYTES),
        leaves: Buffer.alloc(leafCount(sizeBytes) * HASH_BYTES),
        hasLast: false,
      };
      waiting.push(one);
      return (partialLeaf) => {
        if (partialLeaf.length > 0) one.leaves.set(leafHash(partialLeaf), one.whole * HASH_BYTES);
        one.hasLast = true;
        settle();
      };
    },
    told(leaves) {
      const end = leafNumber + leaves.length / HASH_BYTES;
      for (const { first, whole, leaves: own } of waiting) {
        if (first >= end) break;
        const from = Math.max(first, leafNumber);
        const to = Math.min(first + whole, end);
        if (from < to)
          own.set(
            leaves.subarray((from - leafNumber) * HASH_BYTES, (to - leafNumber) * HASH_BYTES),
            (from - first) * HASH_BYTES,
          );
      }
      leafNumber = end;
      settle();
    },
    get waiting() {
      return waiting.length;
    },
  };
}

function isComplete({ first, whole, hasLast }: Waiting, leafNumber: number): boolean {
  return hasLast && first + whole <= leafNumber;
}

function requireRoot({ member: { digest, leavesRoot }, leaves }: Waiting): void {
  const seen = rootDigest(leaves);
  if (seen !== leavesRoot)
    throw new FonotecaError(
      'STORE_OBJECT_DAMAGED',
      `${digest} has leaves of the root ${seen}, not ${leavesRoot}`,
    );
}
