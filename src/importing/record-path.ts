/**
 * Reads a value out of a record by its path. A record of a table is an array in the order of its columns; one of JSON or
 * XML is an object, `a.b` its member's member, `0` the first of a list, `@name` an attribute, `#` the text of an element.
 * In an item of `each`, `.` is the item, `^.` leads to the record it is in and `#n` is its place in the list, from 1.
 */
import { FonotecaError } from '../base/errors.ts';
import { type Scalar, WrittenNumber } from './readings.ts';

/** A record with what it is in, when it is an item of one. */
export interface RecordView {
  readonly value: unknown;
  readonly parent: unknown;
  /** Its place in the list it comes from: `3`, or `3-1` for the first part of the third. */
  readonly place: string;
  /** The name of the file it is from, without folders. */
  readonly fileName: string;
}

/** The value at a path; undefined where there is none. */
export type Getter = (view: RecordView) => unknown;

/** The getter for `path` in records whose columns are `names`, or in objects when there are none. `MAPPING_COLUMN_MISSING`. */
export function getterOf(path: string, names: readonly string[] | undefined): Getter {
  if (path === '@file') return (view) => view.fileName;
  if (path === '#n') return (view) => view.place;
  if (path === '.') return (view) => view.value;
  if (path.startsWith('^.')) {
    const inner = getterOf(path.slice(2), names);
    return (view) => inner({ ...view, value: view.parent });
  }
  if (names) {
    const [column, ...inside] = names.includes(path) ? [path] : path.split('.');
    const index = names.indexOf(column!);
    if (index < 0) throw new FonotecaError('MAPPING_COLUMN_MISSING', path);
    const steps = inside.map(stepOf);
    return (view) => walk((view.value as readonly unknown[])[index], steps);
  }
  const [first, ...rest] = path.split('.').map(stepOf) as [Step, ...Step[]];
  if (isOwnName(path)) return (view) => ownMember(view.value, path);
  return rest.length === 0 ? (view) => first(view.value) : (view) => walk(first(view.value), rest);
}

/** Whether `path` is the name of a member that no prototype has. */
export function isOwnName(path: string): boolean {
  return /^\w+$/.test(path) && !(path in Object.prototype);
}

/** The member of an object whose name no prototype has: the common case, without asking whose it is. */
function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) ? memberOf(value, name) : (value as Record<string, unknown>)[name];
}

type Step = (value: unknown) => unknown;

function walk(start: unknown, steps: readonly Step[]): unknown {
  let value = start;
  for (const step of steps) value = step(value);
  return value;
}

/** `name`, or `name[member=text]`: of a list those whose member is that text, or the one that there is. */
function stepOf(text: string): Step {
  const filter = /^([^[]+)\[([^=]+)=([^\]]*)\]$/.exec(text);
  if (!filter) return (value) => memberOf(value, text);
  const [, name, member, wanted] = filter;
  return (value) => {
    const found = memberOf(value, name!);
    const list = Array.isArray(found) ? found : [found];
    const those = list.filter((item) => scalarOf(memberOf(item, member!)) === wanted);
    return those.length === 1 ? those[0] : those;
  };
}

/** The member `name` of an object; of a list its item of that number, or the member of every item. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    if (/^\d+$/.test(name)) return value[Number(name)];
    return value.map((item) => memberOf(item, name)).filter((item) => item !== undefined);
  }
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** The values of `value`, one or a list of them; an element of XML with text alone is its text. */
export function scalarsOf(value: unknown): Scalar[] {
  const scalars: Scalar[] = [];
  addScalars(scalars, value);
  return scalars;
}

function addScalars(scalars: Scalar[], value: unknown): void {
  if (Array.isArray(value)) for (const item of value) addScalars(scalars, item);
  else {
    const scalar = scalarOf(value);
    if (scalar !== undefined) scalars.push(scalar);
  }
}

/** `value` when it is text, a number or a truth value, or the text of an element. */
export function scalarOf(value: unknown): Scalar | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (value instanceof WrittenNumber) return value;
  if (Array.isArray(value)) return scalarOf(value[0]);
  const text = memberOf(value, '#');
  return typeof text === 'string' ? text : undefined;
}
