import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createBlockCutter } from './line-blocks.ts';
import { parseMapping } from './mapping-file.ts';
import { MOST_LINE_BYTES } from './parse-lines.ts';
import { filesIn, folderOf, importInto } from './test-import.ts';

/** The blocks of `text` given in chunks of `chunk` bytes; `!` for a line that is too long. */
function cut(text: string | Uint8Array, blockBytes: number, chunk: number): string[] {
  const bytes = Buffer.from(text);
  const blocks: string[] = [];
  const cutter = createBlockCutter(blockBytes, {
    block: (block) => blocks.push(Buffer.from(block).toString()),
    longLine: () => blocks.push('!'),
  });
  for (let at = 0; at < bytes.length; at += chunk) cutter.push(bytes.subarray(at, at + chunk));
  cutter.end();
  return blocks;
}

describe('lines in blocks', () => {
  const cases: readonly [string, string, number, string[]][] = [
    ['nothing', '', 8, []],
    ['one line without an end', 'abc', 8, ['abc']],
    ['whole lines that fill a block', 'abc\ndef\nghi\n', 8, ['abc\ndef\n', 'ghi\n']],
    ['a line that is cut goes into the next', 'abcde\nfghij\nk', 8, ['abcde\n', 'fghij\nk']],
    ['a line longer than a block makes it larger', 'abcdefghijkl\nm\n', 4, ['abcdefghijkl\nm\n']],
    ['empty lines', '\n\n\n\n\n', 2, ['\n\n', '\n\n', '\n']],
  ];
  for (const [name, text, blockBytes, wanted] of cases)
    test(`${name}: ${JSON.stringify(text)}`, () => {
      for (const chunk of [1, 3, 1000])
        assert.deepEqual(cut(text, blockBytes, chunk), wanted, `in chunks of ${chunk}`);
    });

  test('a line longer than a line may be is told in its place, and the next is read', () => {
    const text = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.alloc(MOST_LINE_BYTES + 5, 'x'),
      Buffer.from('\nb\n'),
    ]);
    for (const chunk of [65_536, text.length])
      assert.deepEqual(cut(text, 1024, chunk), ['a\n', '!', 'b\n'], `in chunks of ${chunk}`);
  });
});

describe('an import in threads', () => {
  const preset = parseMapping(
    JSON.stringify({
      format: 'fonoteca-mapping/1',
      ...{ name: 'threads', namespace: 'table-threads', licence: null },
      files: [
        {
          kind: 'songs',
          match: ['*.jsonl'],
          format: 'jsonl',
          rows: [
            {
              table: 'tracks',
              columns: { id: 'id', title: 'title', artist: 'artist', duration_ms: 'ms' },
            },
            {
              table: 'links',
              unique: true,
              columns: { id: 'id', kind: { value: 'homepage' }, url: 'url' },
            },
          ],
        },
      ],
    }),
    'mapping',
  );
  /** Ids that come again, rows and values that are refused, lines that are none. */
  const song = (number: number) => {
    if (number % 97 === 0) return '{"id":';
    const ms = number % 31 === 0 ? 'long' : number;
    const title = number % 53 === 0 ? '' : `Título ${number}`;
    const url = `https://example.org/${number}`;
    return JSON.stringify({ id: `s${number % 1900}`, title, artist: 'A', ms, url });
  };
  const lines = (count: number) =>
    `\ufeff${Array.from({ length: count }, (_, number) => song(number)).join('\n')}\n`;

  test('gives the same files, counts and refusals as in one, each with its line', async () => {
    using folder = folderOf({ 'a.jsonl': lines(2500), 'b.jsonl': lines(700) });
    const paths = ['a.jsonl', 'b.jsonl'].map((name) => path.join(folder.path, name));
    const runs = [];
    for (const threads of [1, 2, 3]) {
      const catalogue = path.join(folder.path, `threads-${threads}`);
      const options = { threads, pieceRows: 300 };
      runs.push(filesIn((await importInto(catalogue, preset, paths, options)).directory));
    }
    const [one, ...more] = runs;
    assert.ok(one!.size > 10, 'several shards');
    for (const other of more) assert.deepEqual(other, one);
    const refused = one!
      .get('refused.jsonl')!
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const places = (code: string, file: string) =>
      refused.flatMap((each) => (each.code === code && each.file === file ? [each.line] : []));
    const everyNth = (nth: number, count: number) =>
      Array.from({ length: Math.ceil(count / nth) }, (_, at) => at * nth + 1);
    assert.deepEqual(places('IMPORT_RECORD_UNREADABLE', 'a.jsonl'), everyNth(97, 2500));
    assert.deepEqual(places('IMPORT_RECORD_UNREADABLE', 'b.jsonl'), everyNth(97, 700));
    const told = JSON.parse(one!.get('import.json')!);
    assert.deepEqual(told.inputs.songs, { read: 3200, taken: 3166, passed: 0, refused: 34 });
    const { read, kept, merged, refused: lost } = told.tables.tracks;
    assert.deepEqual([read, kept + merged + lost], [3166, 3166]);
    assert.ok(kept < 1900 && merged > 1000 && lost > 50);
  });

  test('tells what is wrong with the rules before it reads', async () => {
    const broken = {
      ...preset,
      files: [{ ...preset.files[0]!, format: 'copy' as const, names: ['x'] }],
    };
    using folder = folderOf({ 'a.jsonl': lines(2000) });
    const run = importInto(folder.path, broken, [path.join(folder.path, 'a.jsonl')], {
      threads: 2,
    });
    await assert.rejects(run, { code: 'MAPPING_COLUMN_MISSING' });
  });
});
