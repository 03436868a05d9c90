import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { folderOf, importInto, songMapping } from './test-import.ts';

const SONG = '{"id":"1","title":"T","artist":"A"}\n';
const GOOD = sha256(SONG);
const BAD = GOOD.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
const MD5 = '0123456789abcdef0123456789abcdef';

/** Imports `in/songs.jsonl` with `lists` beside it; what is left in the catalogue then, or the error. */
async function importBeside(lists: Readonly<Record<string, string | Uint8Array>>) {
  const files = Object.entries(lists).map(([name, text]) => [`in/${name}`, text]);
  using folder = folderOf({ 'in/songs.jsonl': SONG, ...Object.fromEntries(files) });
  const input = path.join(folder.path, 'in');
  const { record } = await importInto(path.join(folder.path, 'catalogue'), songMapping(), [
    input,
  ]).finally(() => {
    const left = path.join(folder.path, 'catalogue/imports');
    if (fs.existsSync(left)) assert.equal(fs.readdirSync(left).length, 1);
  });
  return record?.tables.tracks?.kept;
}

describe('lists of checksums beside a dump', () => {
  test('that name a file must say what it is, however they are written', async () => {
    const lists: readonly ((digest: string) => Record<string, string>)[] = [
      (digest) => ({ SHA256SUMS: `${MD5}  other\n${digest}  songs.jsonl\n` }),
      (digest) => ({ SHA256SUMS: `${digest} *songs.jsonl` }),
      (digest) => ({ 'sha256sum.txt': `${digest}  ./songs.jsonl\r\n` }),
      (digest) => ({ 'CHECKSUM.txt': `${digest.toUpperCase()} *songs.jsonl\n` }),
      (digest) => ({ 'discogs_20261101_CHECKSUM.txt': `\ufeff${digest} *songs.jsonl\n` }),
      (digest) => ({ 'songs.jsonl.sha256': `${digest}\n` }),
      (digest) => ({ 'songs.jsonl.sha256': `${digest}  songs.jsonl\n` }),
      (digest) => ({ A_SHA256SUMS: `${GOOD}  songs.jsonl\n`, CHECKSUM: `${digest}  songs.jsonl` }),
    ];
    for (const list of lists) {
      const [name] = Object.keys(list(GOOD)).slice(-1);
      assert.equal(await importBeside(list(GOOD)), 1, name);
      await assert.rejects(
        importBeside(list(BAD)),
        { code: 'SOURCE_CHECKSUM', seen: `songs.jsonl is ${GOOD}, ${name} says ${BAD}` },
        name,
      );
    }
  });

  test('that say nothing of it, or are no lists, are passed over', async () => {
    const lists: readonly Record<string, string | Uint8Array>[] = [
      { SHA256SUMS: `${BAD}  others.jsonl\n${BAD}  in/songs.jsonl\n${BAD}\n` },
      { MD5SUMS: `${BAD}  songs.jsonl\n`, 'songs.jsonl.md5': MD5 },
      { 'CHECKSUM.txt': `${MD5} *songs.jsonl\n`, 'notes.txt': `${BAD}  songs.jsonl` },
      { 'others.jsonl.sha256': BAD, 'songs.jsonl.sha256': new Uint8Array(2 ** 20 + 1) },
      { 'SHA256SUMS/songs.jsonl.sha256': BAD },
    ];
    for (const list of lists) assert.equal(await importBeside(list), 1, Object.keys(list)[0]);
  });

  test('count for a link to the dump, wherever they lie', async () => {
    using folder = folderOf({
      'dumps/songs.jsonl': SONG,
      'dumps/SHA256SUMS': `${BAD}  songs.jsonl`,
    });
    const link = path.join(folder.path, 'newest.jsonl');
    fs.symlinkSync('dumps/songs.jsonl', link);
    const run = () => importInto(folder.path, songMapping(), [link]);
    await assert.rejects(run(), { code: 'SOURCE_CHECKSUM' });
    fs.rmSync(path.join(folder.path, 'dumps/SHA256SUMS'));
    fs.writeFileSync(`${link}.sha256`, BAD);
    await assert.rejects(run(), { code: 'SOURCE_CHECKSUM' });
    fs.writeFileSync(`${link}.sha256`, GOOD);
    assert.ok((await run()).record);
  });
});
