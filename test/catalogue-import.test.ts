import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFonoteca } from './support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-catalogue-import-'));
const archive = path.join(folder, 'archive');
const at = (name: string) => path.join(folder, name);
after(() => fs.rmSync(folder, { recursive: true }));

/** The mapping that docs/formats/catalogue-import.md shows, which it must go on to be. */
function documentedMapping(): string {
  const page = path.resolve(import.meta.dirname, '../docs/formats/catalogue-import.md');
  const blocks = fs.readFileSync(page, 'utf8').matchAll(/```json\n([\s\S]*?)```/g);
  const mapping = [...blocks]
    .map(([, text]) => text!)
    .find((text) => text.includes('fonoteca-mapping/1'));
  assert.ok(mapping);
  return mapping;
}

before(async () => {
  const ran = await runFonoteca(['init', archive, '--name', 'A', '--contact', 'a@example.org']);
  assert.equal(ran.code, 0, ran.stderr);
  fs.writeFileSync(at('songs.json'), documentedMapping());
  fs.writeFileSync(
    at('songs.csv'),
    'Song,Artist,Year,Length,Plays\nHey Jude,The Beatles,1968,7:11,120\n',
  );
  fs.writeFileSync(at('songs-2.csv'), 'Song,Artist,Year,Length,Plays\nOne\nTwo,B,,,\n');
});

function run(...args: string[]) {
  return runFonoteca(['catalogue', 'import', ...args, '--archive', archive]);
}

describe('fonoteca catalogue import', () => {
  test('takes the documented table by the documented mapping, once', async () => {
    const first = await run('table', at('songs.csv'), '--mapping', at('songs.json'), '--json');
    assert.equal(first.code, 0, first.stderr);
    const [event] = first.events;
    assert.equal(event?.event, 'import');
    assert.equal(event.fresh, true);
    assert.deepEqual(event.tables, { tracks: { read: 1, kept: 1, merged: 0, refused: 0 } });
    const again = await run('table', at('songs.csv'), '--mapping', at('songs.json'), '--json');
    assert.deepEqual(again.events, [{ ...event, fresh: false }]);
    assert.equal(fs.readdirSync(path.join(archive, 'catalogue/imports')).length, 1);
  });

  test('says what was refused, and ends with 3', async () => {
    const ran = await run('table', at('songs-2.csv'), '--mapping', at('songs.json'));
    assert.equal(ran.code, 3, ran.stderr);
    assert.match(ran.stdout, /songs: 2 = 1 taken \+ 0 passed over \+ 1 refused/);
    assert.match(
      ran.stderr,
      /IMPORT_RECORD_UNREADABLE \(1\)[\s\S]*songs-2\.csv:2: column 1: 1 cells/,
    );
  });

  test('lists what it would read and moves nothing with --dry-run', async () => {
    const before = fs.readdirSync(path.join(archive, 'catalogue/imports'));
    const ran = await run('table', folder, '--mapping', at('songs.json'), '--dry-run');
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(ran.stdout.trim().split('\n'), [at('songs-2.csv'), at('songs.csv')]);
    assert.deepEqual(fs.readdirSync(path.join(archive, 'catalogue/imports')), before);
  });

  test('is stopped by Ctrl-C while it reads a file that is not packed, and completed by the same command', async () => {
    const rows = 200_000;
    const row = (index: number) => `Song ${index},Artist,1968,7:11,120\n`;
    const lines = Array.from({ length: rows }, (_, index) => row(index));
    fs.writeFileSync(at('songs-large.csv'), `Song,Artist,Year,Length,Plays\n${lines.join('')}`);
    const imports = path.join(archive, 'catalogue/imports');
    const command = ['table', at('songs-large.csv'), '--mapping', at('songs.json')];
    const isReading = () =>
      fs
        .globSync('*/tracks-00000.parquet.part', { cwd: imports })
        .some((file) => fs.statSync(path.join(imports, file), { throwIfNoEntry: false }));
    const stopped = await runFonoteca(['catalogue', 'import', ...command, '--archive', archive], {
      endWhen: { isMet: isReading, signal: 'SIGINT' },
    });
    assert.equal(stopped.code, 130, stopped.stdout + stopped.stderr);
    assert.match(stopped.stderr, /the same command goes on/);
    const list = await runFonoteca(['catalogue', 'list', '--archive', archive, '--json']);
    const [id] = (list.events[0]?.unfinished ?? []) as string[];
    assert.match(id ?? '', /^my-songs-/);
    const whole = await run(...command);
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(whole.stdout, new RegExp(`tracks +${rows} = ${rows} kept`));
  });

  test('that did not come to its end can be dropped', async () => {
    const left = path.join(archive, 'catalogue/imports/my-songs-0123456789abcdef');
    fs.mkdirSync(left);
    fs.writeFileSync(path.join(left, 'tracks-00000.parquet'), 'PAR1');
    const list = await runFonoteca(['catalogue', 'list', '--archive', archive]);
    assert.match(list.stdout, /unfinished my-songs-0123456789abcdef: the same import goes on/);
    const dropped = await runFonoteca([
      ...['catalogue', 'drop', 'my-songs-0123456789abcdef', '--archive', archive],
    ]);
    assert.equal(dropped.code, 0, dropped.stderr);
    assert.equal(fs.existsSync(left), false);
  });

  for (const [why, args, code] of [
    ['a preset that is none', ['spotify', 'songs.csv'], 'IMPORT_PRESET_UNKNOWN'],
    ['a table without a mapping', ['table', 'songs.csv'], 'IMPORT_PRESET_UNKNOWN'],
    [
      'a part that the preset has not',
      ['fma', 'songs.csv', '--also', 'tags'],
      'IMPORT_PRESET_UNKNOWN',
    ],
    [
      'a part that the preset has not, and takes no path for one',
      ['musicbrainz-core', '--also', 'tags', 'songs.csv'],
      'IMPORT_NOTHING',
    ],
    [
      'a day that there is not',
      ['discogs', 'songs.csv', '--date', '2026-02-31'],
      'IMPORT_DATE_INVALID',
    ],
    ['to list no files', ['discogs', '.', '--dry-run'], 'IMPORT_NOTHING'],
    ['a mapping that is none', ['table', 'songs.csv', '--mapping', 'songs.csv'], 'MAPPING_INVALID'],
    ['a file that the preset does not know', ['discogs', 'songs.csv'], 'IMPORT_NOTHING'],
  ] as const)
    test(`refuses ${why} as wrong usage`, async () => {
      const ran = await run(...args.map((arg) => (arg.includes('.') ? at(arg) : arg)));
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, new RegExp(code));
    });
});
