/** What changed from one snapshot to another as text: counts of each kind, then some of the rows. */

import type { DiffRow, KindExamples, SnapshotDiff } from '../snapshots/diff-snapshots.ts';
import { ROW_KINDS, type RowKind } from '../snapshots/row-kinds.ts';
import { printable } from './reporter.ts';

/** The lines that tell `diff`: those of tracks first. */
export function diffLines({ kinds, examples }: SnapshotDiff): string[] {
  const order = ROW_KINDS.toReversed();
  const counts = order.map((kind) => {
    const { added, gone, redirected, changed, same } = kinds[kind];
    return `${kind.padEnd(9)} ${added} new, ${gone} gone (${redirected} of them now another id), ${changed} changed, ${same} the same`;
  });
  return [...counts, ...order.flatMap((kind) => exampleLines(kind, examples[kind]))];
}

function exampleLines(kind: RowKind, { added, gone, redirected, changed }: KindExamples): string[] {
  const line = (word: string, row: DiffRow, rest = '') =>
    printable(`${word.padEnd(9)} ${kind.slice(0, -1).padEnd(7)} ${rowText(row)}${rest}`);
  return [
    ...added.map((row) => line('new', row)),
    ...gone.map((row) => line('gone', row)),
    ...redirected.map(({ row, to }) => line('moved', row, `, now ${to}`)),
    ...changed.map(({ before, after }) =>
      line('changed', after, `: ${changedFields(before, after).join(', ')}`),
    ),
  ];
}

function rowText(row: DiffRow): string {
  const names = 'name' in row ? row.name : `${row.artist} – ${row.title}`;
  return `${row.id}  ${names}  ${row.popularity ?? 'unknown'}`;
}

/** The names of the fields that differ; the rank is no part of what a row says. */
function changedFields(before: DiffRow, after: DiffRow): string[] {
  const old = new Map(Object.entries(before));
  return Object.entries(after)
    .filter(
      ([name, value]) => name !== 'rank' && JSON.stringify(value) !== JSON.stringify(old.get(name)),
    )
    .map(([name]) => name);
}
