/** What a hostile file meets at the real door: one line that holds verdict, code, notes and the outcome of encoding it. */
import type { AudioDoor } from '../../../src/audio/door.ts';
import { sourceOf } from '../../../src/audio/test-sounds.ts';
import type { HostileItem } from './item.ts';

/** What it met, and how long both jobs took. */
export interface Meeting {
  readonly met: string;
  readonly tookMs: number;
  /** The title that was read, for texts that are evidence. */
  readonly title: string | undefined;
}

/** `item` inspected, measured and encoded through `door`. */
export async function meet(door: AudioDoor, item: HostileItem): Promise<Meeting> {
  const bytes = item.bytes();
  const start = performance.now();
  const options = { subject: item.name };
  const inspected = await door.inspect(sourceOf(bytes), { ...options, measure: true });
  const encoded = await door.encodeOpus(sourceOf(bytes), { ...options, tags: [] });
  const outcome = encoded.ok ? 'encoded' : encoded.finding.code;
  const tookMs = performance.now() - start;
  if (!inspected.ok)
    return { met: `${inspected.finding.code} → ${outcome}`, tookMs, title: undefined };
  const { reading, tags, unmeasured } = inspected.value;
  const { state, code } = reading.verdict;
  const warned = [...new Set(reading.warnings.map((warning) => warning.code))].sort();
  const notes = [...new Set<string>(tags.notes)].sort();
  const measured = unmeasured ? `unmeasured ${unmeasured.code}` : 'measured';
  const parts = [state, code, ...warned, ...notes, measured].filter((part) => part !== undefined);
  const title = tags.common.find(([field]) => field === 'TITLE')?.[1];
  return { met: `${parts.join(', ')} → ${outcome}`, tookMs, title };
}
