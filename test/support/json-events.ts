/** What docs/json-lines.md says of the lines that `--json` prints, and whether a line is as it says. */
import fs from 'node:fs';
import path from 'node:path';

const PAGE = path.resolve(import.meta.dirname, '../../docs/json-lines.md');

/** The fields of an event: whether each is always there. */
type Fields = ReadonlyMap<string, boolean>;

/** Every event of the page with its fields. */
export function documentedEvents(): ReadonlyMap<string, Fields> {
  const rows = fs.readFileSync(PAGE, 'utf8').matchAll(/^\| `([a-z-]+)` \| ([^|]*) \|/gm);
  return new Map(Array.from(rows, ([, event, cell]) => [event!, fieldsIn(cell!)]));
}

function fieldsIn(cell: string): Fields {
  const names = Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!);
  return new Map(names.map((name) => [name.replace('?', ''), !name.endsWith('?')]));
}

let documented: ReadonlyMap<string, Fields> | undefined;

/** What is wrong with a line by the page; undefined when nothing is. */
export function undocumentedIn(line: Record<string, unknown>): string | undefined {
  documented ??= documentedEvents();
  const { event, ...rest } = line;
  const fields = documented.get(String(event));
  if (!fields) return `no event ${event}`;
  const unknown = Object.keys(rest).filter((name) => !fields.has(name));
  const missing = [...fields].filter(([name, isAlways]) => isAlways && !Object.hasOwn(rest, name));
  if (unknown.length > 0) return `no fields ${unknown.join(' ')} of ${event}`;
  if (missing.length > 0) return `${event} without ${missing.map(([name]) => name).join(' ')}`;
  return undefined;
}
