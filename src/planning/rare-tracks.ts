/** Which tracks rarity asks for, and how many tracks of the snapshot carry their recording. */
import { LOW_SCORE, PASSED_OVER } from './plan-code.ts';
import type { Policy } from './policy.ts';
import { NO_SLOT, type RecordingSlots } from './recording-slots.ts';
import { codeOf, popularityOf, RECORDING_FIRST } from './track-words.ts';

/**
 * By rank how many tracks carry the recording, 0 for a track that is not to be asked. For the order of rarity those that
 * may be planned; for the reserve those of popularity 0 that the order would take, and one of each recording of which all
 * scores are too low, which it marks in `words` as the first of its recording. Nothing where there is neither.
 */
export function copiesByRank(
  words: Uint32Array,
  { slots, recordings, policy }: { slots: Uint32Array; recordings: RecordingSlots; policy: Policy },
): Uint8Array {
  const copies = new Uint8Array(slots.length);
  for (let rank = 0; rank < slots.length; rank += 1) copies[rank] = recordings.copies(slots[rank]!);
  const isReserve = policy.reserve.share > 0;
  for (let rank = 0; rank < slots.length; rank += 1) {
    const word = words[rank]!;
    const code = codeOf(word);
    if (isReserve && popularityOf(word) !== 0) copies[rank] = 0;
    else if (code >= PASSED_OVER) {
      const isLow = isReserve && code >= LOW_SCORE;
      const isFirst = isLow && (slots[rank] === NO_SLOT || recordings.plan(slots[rank]!));
      if (isFirst) words[rank] = word | RECORDING_FIRST;
      else if (!isLow || policy.one_copy_per_recording) copies[rank] = 0;
    }
  }
  return copies;
}
