/**
 * What one plan has that another has not where the two are over different snapshots: tracks are the same whose id is, an
 * id that was redirected being the one it means now. Ids meet as hashes of 64 bits in files of about 14 bytes a track,
 * joined a slice at a time, so that memory does not grow with the catalogue.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { hashKey } from '../catalogue/key-hash.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { createParquetWriter } from '../formats/parquet-writer.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import { ABSENT, type CodePair, MOST_EXAMPLES, type PlanDiff, sumUp } from './plan-diff.ts';
import type { OpenPlan } from './plan-file.ts';

/** A plan with the snapshot that it is over. */
export interface PlanOfSnapshot {
  readonly plan: OpenPlan;
  readonly snapshot: Snapshot;
}

/** Rows joined at a time: about 60 bytes of memory each. */
const SLICE_ROWS = 32_000_000;
const FIELDS = ['high', 'low', 'rank', 'code'];
const REDIRECT_FIELDS = ['high', 'low', 'to_high', 'to_low'];

/** What changed from `older` to `newer`. `temporary` is an existing folder that `tables` may read; what is put there goes. */
export async function diffPlansById(
  { older, newer }: { older: PlanOfSnapshot; newer: PlanOfSnapshot },
  { disk, tables, temporary }: { disk: Disk; tables: Tables; temporary: string },
): Promise<PlanDiff> {
  const file = (name: string) => path.join(temporary, `plan-${name}.parquet`);
  const files = { was: file('was'), is: file('is'), moved: file('moved') };
  try {
    write(disk, files.was, FIELDS, codesById(older));
    write(disk, files.is, FIELDS, codesById(newer));
    write(disk, files.moved, REDIRECT_FIELDS, redirectsOf(newer.snapshot));
    const tracks = older.plan.header.totals.tracks! + newer.plan.header.totals.tracks!;
    return sumUp(await joined(tables, files, Math.max(1, Math.ceil(tracks / SLICE_ROWS))));
  } finally {
    for (const one of Object.values(files)) disk.unlink(one);
  }
}

function* codesById({ plan, snapshot }: PlanOfSnapshot): Generator<number[]> {
  const hash = new Uint32Array(2);
  const codes = plan.codes();
  let chunk = new Uint8Array(0);
  let [at, rank] = [0, 0];
  for (const id of snapshot.idsFrom('tracks', 0)) {
    if (at === chunk.length) {
      chunk = codes.next().value as Uint8Array<ArrayBuffer>;
      at = 0;
    }
    hashKey(id, hash);
    yield [hash[0]!, hash[1]!, rank, chunk[at]!];
    at += 1;
    rank += 1;
  }
}

function* redirectsOf(snapshot: Snapshot): Generator<number[]> {
  const hash = new Uint32Array(4);
  for (const [from, to] of snapshot.sideRows('redirects')) {
    hashKey(from!, hash, 0);
    hashKey(to!, hash, 2);
    yield [...hash];
  }
}

function write(
  disk: Disk,
  file: string,
  names: readonly string[],
  rows: Iterable<readonly number[]>,
): void {
  const durable = startDurable(disk, `${file}.part`);
  const fields = names.map((name) => ({ name, kind: 'whole' as const }));
  const writer = createParquetWriter(fields, (bytes) => durable.write(bytes));
  try {
    for (const row of rows) writer.add(row);
    writer.finish();
    durable.commit(file, { replace: true });
  } catch (error) {
    abortQuietly(durable);
    throw error;
  }
}

async function joined(
  tables: Tables,
  files: Readonly<Record<'was' | 'is' | 'moved', string>>,
  slices: number,
): Promise<CodePair[]> {
  const [was, is, moved] = [files.was, files.is, files.moved].map(quoted);
  // An old id that is a row still is itself, whatever a redirect says.
  const meant = `SELECT coalesce(m.to_high, a.high) AS high, coalesce(m.to_low, a.low) AS low, a.rank, a.code
    FROM ${was} a LEFT JOIN (SELECT DISTINCT ON (high, low) * FROM ${moved} r ANTI JOIN ${is} USING (high, low) ORDER BY ALL) m
    ON a.high = m.high AND a.low = m.low`;
  const pairs: CodePair[] = [];
  for (let slice = 0; slice < slices; slice += 1) {
    const [then, now] = [`(${meant})`, `${is}`].map(
      (source) => `(SELECT * FROM ${source} WHERE high % ${slices} = ${slice})`,
    );
    const rows = await tables.rows(
      `SELECT coalesce(a.code, ${ABSENT}) AS was, coalesce(b.code, ${ABSENT}) AS is_now, count(*),
        coalesce(min(b.rank, ${MOST_EXAMPLES}), min(a.rank, ${MOST_EXAMPLES}))
      FROM ${then} a FULL JOIN ${now} b ON a.high = b.high AND a.low = b.low GROUP BY ALL ORDER BY ALL`,
    );
    for (const [was, is, tracks, examples] of rows)
      pairs.push({
        ...{ was: Number(was), is: Number(is), tracks: Number(tracks) },
        examples: (examples as number[]).map(Number),
      });
  }
  return pairs;
}
