/** What `add` is asked to do and what it works with. */
import { z } from 'zod';
import type { AudioDoor } from '../audio/door.ts';
import type { ByteNameDisk } from '../base/byte-name-disk.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';

/** The schema of the options of `add`. */
export const addOptionsSchema = z.strictObject({
  /** A table outside the usual place, which is `tracks.csv` in the folder added. */
  table: z.string().min(1).optional(),
  /** For each column of `docs/formats/tracks-table.md` the header that stands for it in this operator's tables. */
  columns: z.record(z.string(), z.string()).optional(),
  /** The operator's own statement, for files without other evidence. */
  licence: z.string().min(1).max(2048).optional(),
  holder: z.string().min(1).max(1024).optional(),
  /** An address, or a file that is held as a companion. */
  evidence: z.string().min(1).max(4096).optional(),
  /** Hold everything without showing it. */
  dark: z.boolean().optional(),
  /** Read again only what was refused below the paths, whether its file changed or not. */
  again: z.boolean().optional(),
  /** The day on which rights are judged, `YYYY-MM-DD`. */
  day: z.iso.date(),
});
/** The options of `add`. */
export type AddOptions = z.infer<typeof addOptionsSchema>;

/** What `add` works with. */
export interface IngestDeps {
  readonly ledger: Ledger;
  readonly store: Pick<Store, 'layout' | 'loose' | 'keep'>;
  readonly disk: Disk;
  /** The operator's folders, whose names may be any bytes. */
  readonly source: ByteNameDisk;
  readonly clock: Clock;
  readonly audio: Pick<AudioDoor, 'inspect'>;
  /** How many files are read and inspected at once: as many as the audio door has workers. */
  readonly readers: number;
}
