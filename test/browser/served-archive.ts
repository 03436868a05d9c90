/** A new archive that is served from this process while tests look at it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Archive, createArchive, openArchive } from '../../src/archive.ts';
import { systemClock, systemRandom } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { startSite } from '../../src/serving.ts';

/** Dispose of it: the archive goes, and every fault that the site met fails the test. */
export interface ServedArchive extends AsyncDisposable {
  readonly archive: Archive;
  /** The folder that the snapshots of a catalogue go to. */
  readonly catalogue: string;
  /** With a slash at its end. */
  readonly address: string;
}

/** A new archive of this name, empty and open for writing. */
export async function serveNewArchive(name: string): Promise<ServedArchive> {
  const world = { disk: realDisk, clock: systemClock, random: systemRandom };
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-served-'));
  const faults: unknown[] = [];
  await createArchive(home, { name, contact: 'someone@example.org' }, world);
  const archive = await openArchive(home, { write: true }, world);
  const site = await startSite(archive, {
    ...{ port: 0, onFault: (error) => faults.push(error), onAnswer: () => undefined },
  });
  return {
    archive,
    catalogue: path.join(home, 'catalogue'),
    address: site.addresses[0]!,
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await archive[Symbol.asyncDispose]();
      fs.rmSync(home, { recursive: true });
      assert.deepEqual(faults, []);
    },
  };
}
