/** Reads a mapping file: a preset of one's own in JSON, for the preset `table`. Spec: docs/formats/catalogue-import.md. */
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { importColumns } from '../model/import-columns.ts';
import { type Preset, presetSchema } from './preset.ts';

const MOST_BYTES = 1024 * 1024;

/** The preset in `file`. `MAPPING_INVALID` with the place in it, `FILE_MISSING`. */
export function readMapping(disk: Disk, file: string): Preset {
  const bytes = readWhole(disk, file);
  if (bytes.length > MOST_BYTES)
    throw new FonotecaError('MAPPING_INVALID', `${file}: more than ${MOST_BYTES} bytes`);
  return parseMapping(bytes.toString('utf8'), file);
}

/** The preset that `text` is, told as `subject` when it is none. `MAPPING_INVALID`. */
export function parseMapping(text: string, subject: string): Preset {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FonotecaError('MAPPING_INVALID', `${subject}: ${messageOf(error)}`, { cause: error });
  }
  const parsed = presetSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue!.path.join('.') || 'the whole';
    throw new FonotecaError('MAPPING_INVALID', `${subject}: ${place}: ${issue!.message}`);
  }
  checkColumns(parsed.data, subject);
  return parsed.data;
}

/** Every column is one of its table, and what a table needs is there. */
function checkColumns(preset: Preset, subject: string): void {
  const rules = [...preset.files, ...(preset.queries ?? [])].flatMap(({ rows = [] }) => rows);
  for (const { table, columns } of rules) {
    const known = importColumns(table);
    const unknown = Object.keys(columns).find(
      (name) => !known.some((column) => column.name === name),
    );
    const lacking = known.find(
      ({ name, kind, required }) => required && kind !== 'texts' && !Object.hasOwn(columns, name),
    );
    if (unknown !== undefined)
      throw new FonotecaError('MAPPING_INVALID', `${subject}: ${table} has no column ${unknown}`);
    if (lacking)
      throw new FonotecaError('MAPPING_INVALID', `${subject}: ${table} needs ${lacking.name}`);
  }
}
