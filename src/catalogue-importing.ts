/** Imports into the catalogue of an archive as the command line asks for it: names of presets in, a report out. */
import path from 'node:path';
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { checkDay } from './importing/dump-day.ts';
import type { ImportReport } from './importing/import-request.ts';
import { readMapping } from './importing/mapping-file.ts';
import type { Preset } from './importing/preset.ts';
import { findPreset } from './importing/presets.ts';
import { runImport } from './importing/run-import.ts';
import { findFiles } from './importing/source-files.ts';

/** What a person may wish of an import. */
export interface ImportWishes {
  readonly preset: string;
  readonly paths: readonly string[];
  /** The mapping file of the preset `table`. */
  readonly mapping?: string | undefined;
  readonly date?: string | undefined;
  readonly also?: readonly string[] | undefined;
}

/** The name of the preset that is no preset but a mapping file. */
const TABLE = 'table';

/** The import of `wishes` into `archive`. `IMPORT_PRESET_UNKNOWN`, `MAPPING_INVALID`, those of `runImport`. */
export async function runCatalogueImport(
  archive: Archive,
  wishes: ImportWishes,
  watch: Watch,
): Promise<ImportReport> {
  const preset = presetOf(archive, wishes);
  return await runImport(
    { preset, paths: wishes.paths, dumpDate: wishes.date, also: wishes.also },
    {
      disk: archive.disk,
      clock: archive.clock,
      random: archive.random,
      catalogue: path.join(archive.layout.root, 'catalogue'),
      watch,
    },
  );
}

/** The files that the import of `wishes` would read. Errors of `runImport` that need no look into them. */
export function previewCatalogueImport(archive: Archive, wishes: ImportWishes): string[] {
  checkDay(wishes.date);
  const files = findFiles(wishes.paths, presetOf(archive, wishes));
  if (files.length === 0) throw new FonotecaError('IMPORT_NOTHING', wishes.paths.join(', '));
  return files;
}

function presetOf(archive: Archive, { preset, mapping, also = [] }: ImportWishes): Preset {
  if (preset !== TABLE && mapping !== undefined)
    throw new FonotecaError('IMPORT_PRESET_UNKNOWN', `--mapping with ${preset}`);
  if (preset === TABLE && mapping === undefined)
    throw new FonotecaError('IMPORT_PRESET_UNKNOWN', 'table without --mapping FILE');
  const found = mapping === undefined ? findPreset(preset) : readMapping(archive.disk, mapping);
  const offered = found.files.flatMap((file) => file.also ?? []);
  const unknown = also.find((name) => !offered.includes(name));
  if (unknown !== undefined)
    throw new FonotecaError('IMPORT_PRESET_UNKNOWN', `--also ${unknown} with ${preset}`);
  return found;
}
