/**
 * Which volumes an unfinished run has found well: `partial/checked.json`, so that the next run of the same kind passes them
 * over. It is only a saving: what cannot be read is forgotten.
 */
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { VOLUME_NAME } from '../model/volume.ts';

const checkedSchema = z.strictObject({
  edition: z.string().regex(/^[0-9a-f]{64}$/),
  depth: z.literal('bytes').optional(),
  /** Members of each, by the name of the volume. */
  volumes: z.record(z.string().regex(VOLUME_NAME), z.number().int().nonnegative()),
});
type Checked = z.infer<typeof checkedSchema>;

/** The volumes that a run has found well. */
export interface CheckedVolumes {
  /** The members of the volume, or undefined when it is not known to be well. */
  get(name: string): number | undefined;
  add(name: string, members: number): void;
  /** Forgets all of them, and what came of others. */
  forget(): void;
}

const CHECKED_FILE = 'checked.json';

/** What runs of the same kind as `run` have found in the follower's folder `directory`. */
export function openCheckedVolumes(
  disk: Disk,
  directory: string,
  run: Pick<Checked, 'edition' | 'depth'>,
): CheckedVolumes {
  const folder = path.join(directory, 'partial');
  const file = path.join(folder, CHECKED_FILE);
  const kept = readChecked(disk, file);
  const isSame = kept?.edition === run.edition && kept.depth === run.depth;
  const volumes = new Map(isSame ? Object.entries(kept.volumes) : []);
  return {
    get: (name) => volumes.get(name),
    add(name, members) {
      volumes.set(name, members);
      ensureDirectory(disk, folder);
      const text = canonicalJson({ ...run, volumes: Object.fromEntries(volumes) });
      putFile(disk, file, text, { replace: true });
    },
    forget: () => removeTree(disk, folder),
  };
}

function readChecked(disk: Disk, file: string): Checked | undefined {
  if (disk.stat(file)?.kind !== 'file') return undefined;
  try {
    return checkedSchema.safeParse(JSON.parse(readWhole(disk, file).toString('utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
