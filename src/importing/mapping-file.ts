/** Reads a mapping file: a preset of one's own in JSON, for the preset `table`. Spec: docs/formats/catalogue-import.md. */
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { importColumns } from '../model/import-columns.ts';
import type { CellColumn } from './cells.ts';
import { stagedColumns } from './compile-rules.ts';
import { type Cell, type Preset, presetSchema } from './preset.ts';
import { misfitOf } from './reading-kinds.ts';

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

/** Every column is one of its table and can hold what it is given, and what a table needs is there. */
function checkColumns(preset: Preset, subject: string): void {
  const rules = [...preset.files, ...(preset.queries ?? [])].flatMap(({ rows = [] }) => rows);
  for (const { table, columns } of rules) {
    const known = importColumns(table);
    for (const [name, cell] of Object.entries(columns)) {
      const column = known.find((each) => each.name === name);
      if (!column) throw invalid(subject, `${table} has no column ${name}`);
      checkCell(subject, `${table}.${name}`, cell, column);
    }
    const lacking = known.find(
      ({ name, kind, required }) => required && kind !== 'texts' && !Object.hasOwn(columns, name),
    );
    if (lacking) throw invalid(subject, `${table} needs ${lacking.name}`);
  }
  checkStaged(preset, subject);
}

/** Kinds of file that fill the same staged table agree on its columns. */
function checkStaged(preset: Preset, subject: string): void {
  const known = new Map<string, string>();
  for (const { kind, staged } of preset.files) {
    if (!staged) continue;
    const fields = stagedColumns(staged);
    for (const column of fields)
      checkCell(subject, `${staged.table}.${column.name}`, staged.columns[column.name]!, column);
    const columns = fields.map((field) => `${field.name} (${field.kind})`).join(', ');
    const before = known.get(staged.table) ?? columns;
    if (before !== columns)
      throw invalid(
        subject,
        `${kind} fills ${staged.table} with ${columns}, others with ${before}`,
      );
    known.set(staged.table, columns);
  }
}

function checkCell(subject: string, place: string, cell: string | Cell, column: CellColumn): void {
  const misfit = misfitOf(cell, column);
  if (misfit !== undefined) throw invalid(subject, `${place}: ${misfit}`);
}

function invalid(subject: string, seen: string): FonotecaError {
  return new FonotecaError('MAPPING_INVALID', `${subject}: ${seen}`);
}
