import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { realDisk } from '../../src/base/disk.ts';
import { openSnapshot } from '../../src/catalogue/snapshot-open.ts';
import { generateLines } from '../../src/generating/generate-lines.ts';
import { generatedMapping } from '../../src/generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../../src/generating/shape.ts';
import { writeShard } from '../../src/generating/write-shard.ts';
import { diffSnapshots } from '../../src/snapshots/diff-snapshots.ts';
import { openTables } from '../../src/tables/open-tables.ts';
import { digestsBelow, runCatalogueStage } from '../support/catalogue-stage.ts';

type Row = Record<string, unknown> & { readonly id: string };

const ROWS = BLOCK_TRACKS;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-renewal-'));
after(() => fs.rmSync(folder, { recursive: true }));
const catalogue = path.join(folder, 'catalogue');
const snapshots: string[] = [];
const imports: string[] = [];

const stateOf = (revision: number) => ({ seed: 9, rows: ROWS, revision });

function tracksOf(revision: number): Row[] {
  const range = { from: 0, to: ROWS };
  const chunks = [...generateLines(stateOf(revision), 'tracks', range)];
  const lines = Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Row);
}

async function importRevision(revision: number): Promise<string> {
  const input = path.join(folder, `input-${revision}`);
  fs.mkdirSync(input, { recursive: true });
  const shard = { number: 0, from: 0, to: ROWS };
  const files = await writeShard(realDisk, input, stateOf(revision), shard);
  const imported = await runCatalogueStage({
    kind: 'import',
    catalogue,
    mapping: generatedMapping('renewal'),
    paths: files.map((file) => file.path),
    dumpDate: `2026-01-0${revision}`,
  });
  return imported!.id;
}

before(async () => {
  fs.mkdirSync(catalogue);
  for (const revision of [1, 2]) {
    imports.push(await importRevision(revision));
    const job = { kind: 'build', catalogue, imports: [imports.at(-1)!] } as const;
    const built = await runCatalogueStage({ ...job, threads: 2, keepsImports: true });
    snapshots.push(built!.directory);
  }
});

test('the same files imported again change nothing', async () => {
  const held = digestsBelow(path.join(catalogue, 'imports'));
  assert.equal(await importRevision(2), imports[1]);
  assert.deepEqual(digestsBelow(path.join(catalogue, 'imports')), held);
});

test('an older state of the source is refused', async () => {
  const input = path.join(folder, 'input-1');
  const job = { kind: 'import', catalogue, mapping: generatedMapping('renewal') } as const;
  const paths = [path.join(input, 'tracks-00000.jsonl.gz')];
  await assert.rejects(
    runCatalogueStage({ ...job, paths, dumpDate: '2025-12-31' }),
    /IMPORT_OLDER/,
  );
});

test('every id of the first state leads to the same track in the second', () => {
  using newer = openSnapshot(realDisk, snapshots[1]!);
  const after = tracksOf(2);
  for (const [at, { id }] of tracksOf(1).entries()) {
    const found = newer.track(`table-renewal:${id}`);
    assert.equal(found?.id, `table-renewal:${after[at]!.id}`);
    assert.equal(found.title, after[at]!.title);
  }
});

test('the diff tells what was changed and redirected, and nothing else', async () => {
  const [before, after] = [tracksOf(1), tracksOf(2)];
  const redirected = before.filter(({ id }, at) => id !== after[at]!.id).length;
  const changed = before.filter((row, at) => {
    const now = after[at]!;
    return row.id === now.id && JSON.stringify(row) !== JSON.stringify(now);
  }).length;
  assert.ok(redirected > 5 && changed > 50);
  const temporary = path.join(folder, 'diff');
  fs.mkdirSync(temporary);
  using older = openSnapshot(realDisk, snapshots[0]!);
  using newer = openSnapshot(realDisk, snapshots[1]!);
  await using tables = await openTables({
    ...{ work: temporary, folders: [temporary], memoryBytes: 1e9, threads: 2 },
  });
  const { kinds } = await diffSnapshots({ older, newer }, { disk: realDisk, tables, temporary });
  assert.deepEqual(kinds.tracks, {
    added: redirected,
    gone: redirected,
    redirected,
    changed,
    same: ROWS - redirected - changed,
  });
  for (const kind of ['albums', 'artists'] as const)
    assert.equal(kinds[kind].same, older.manifest.rows[kind]);
});
