import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import zlib from 'node:zlib';
import { realDisk } from '../base/disk.ts';
import { parseMapping } from './mapping-file.ts';
import { digestFile, findFiles, type InputFile, openSource } from './source-files.ts';
import { folderOf, importInto } from './test-import.ts';

const PLAIN = 'one\ntwo\nthree\n';
/** `PLAIN` as the usual programs pack it. */
const BZIP2 = Buffer.from(
  'QlpoOTFBWSZTWQh7fdcAAATBgAAQAkGUgCAAMQwIIaPUyIVHMjio8XckU4UJAIe33XA=',
  'base64',
);
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQANb25lCnR3bwp0aHJlZQoAAACUhJIr6JdbfQABJg4IG+AEH7bzfQEAAAAABFla',
  'base64',
);
const ZSTD = Buffer.from('KLUv/SQOcQAAb25lCnR3bwp0aHJlZQqkWIk0', 'base64');
const GZIP = zlib.gzipSync(PLAIN);
const SKIPPED = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function inputOf(file: string): Promise<InputFile> {
  return (await digestFile(realDisk, file))!;
}

async function unpacked(name: string, bytes: Uint8Array): Promise<Record<string, string>> {
  using folder = folderOf({ [name]: bytes });
  const input = await inputOf(path.join(folder.path, name));
  const found: Record<string, string> = {};
  let readBytes = 0;
  for await (const member of openSource(realDisk, input, (count) => {
    readBytes += count;
  })) {
    const parts: Buffer[] = [];
    for await (const chunk of member.chunks) parts.push(chunk);
    found[member.name] = Buffer.concat(parts).toString('utf8');
  }
  assert.equal(readBytes, bytes.length);
  return found;
}

describe('packed sources', () => {
  for (const [kind, bytes] of Object.entries({ gz: GZIP, bz2: BZIP2, xz: XZ, zst: ZSTD })) {
    test(`${kind} is unpacked by what it is, and twice over when it is there twice`, async () => {
      assert.deepEqual(await unpacked(`a.txt.${kind}`, bytes), { 'a.txt': PLAIN });
      assert.deepEqual(await unpacked('a.txt', bytes), { 'a.txt': PLAIN });
      assert.deepEqual(await unpacked('a.txt', Buffer.concat([bytes, bytes])), {
        'a.txt': PLAIN + PLAIN,
      });
    });

    test(`${kind} that is cut short or changed is refused`, async () => {
      const cut = bytes.subarray(0, bytes.length - 9);
      await assert.rejects(unpacked('a.txt', cut), {
        code: 'SOURCE_COMPRESSION',
        message: /cut short|unexpected end|incomplete|ends/i,
      });
      const changed = Buffer.from(bytes);
      changed[bytes.length >> 1]! ^= 0x10;
      await assert.rejects(unpacked('a.txt', changed), { code: 'SOURCE_COMPRESSION' });
    });
  }

  test('zstd frames that are to be skipped are', async () => {
    const bytes = Buffer.concat([ZSTD, SKIPPED, ZSTD, SKIPPED]);
    assert.deepEqual(await unpacked('a.txt.zst', bytes), { 'a.txt': PLAIN + PLAIN });
  });

  test('a tar is gone through, packed as it is and with packed files in it, and its links are not', async () => {
    const tar = tarOf([
      ['dump/a.txt', PLAIN, '0'],
      ['dump', '', '5'],
      ['../../etc/passwd', 'evil', '2'],
      [`${'long/'.repeat(30)}b.txt.gz`, GZIP, '0'],
    ]);
    const found = { 'a.txt': PLAIN, 'b.txt': PLAIN };
    assert.deepEqual(await unpacked('dump.tar', tar), found);
    assert.deepEqual(await unpacked('dump.tar.gz', zlib.gzipSync(tar)), found);
    assert.deepEqual(await unpacked('dump.tar.zst', zlib.zstdCompressSync(tar)), found);
    await assert.rejects(unpacked('dump.tar', tar.subarray(0, 600)), {
      code: 'SOURCE_COMPRESSION',
    });
  });

  test('a tar that was cut between two members, or before its end mark, is refused', async () => {
    const tar = tarOf([
      ['a.txt', PLAIN, '0'],
      ['b.txt', PLAIN, '0'],
    ]);
    for (const cut of [1024, 2048])
      await assert.rejects(unpacked('dump.tar', tar.subarray(0, cut)), {
        code: 'SOURCE_COMPRESSION',
        seen: 'tar: ends without its end mark',
      });
  });

  test('what a pax header says of a member goes before its own header: size and path', async () => {
    const record = (text: string) => {
      const bytes = text.length + 4;
      return `${bytes < 10 ? 0 : ''}${bytes} ${text}\n`;
    };
    const pax = record('path=dir/name of the pax header.txt') + record(`size=${PLAIN.length}`);
    const tar = tarOf([
      ['pax', pax, 'x'],
      ['short.txt', PLAIN, '0'],
      ['b.txt', PLAIN, '0'],
    ]);
    const header = tar.subarray(1024, 1536);
    header.write(`${'0'.repeat(11)}\0`, 124);
    sign(header);
    assert.deepEqual(await unpacked('dump.tar', tar), {
      'name of the pax header.txt': PLAIN,
      'b.txt': PLAIN,
    });
    const forged = Buffer.from(tar);
    forged.write('size=9x', forged.indexOf('size='));
    await assert.rejects(unpacked('dump.tar', forged), { code: 'SOURCE_COMPRESSION' });
  });

  test('what grows a thousandfold beyond a quarter of a gigabyte is refused', async () => {
    const zeros = Buffer.alloc(300 * 1024 * 1024);
    const bomb = zlib.zstdCompressSync(zeros);
    using folder = folderOf({ 'bomb.zst': bomb });
    const input = await inputOf(path.join(folder.path, 'bomb.zst'));
    const readAll = async () => {
      for await (const member of openSource(realDisk, input, () => {}))
        for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
    };
    await assert.rejects(readAll(), { code: 'SOURCE_COMPRESSION' });
  });

  test('a link to a dump is the dump under the name of the link', async () => {
    using folder = folderOf({ 'real.bin': GZIP });
    fs.symlinkSync('real.bin', path.join(folder.path, 'a.txt.gz'));
    const input = await inputOf(path.join(folder.path, 'a.txt.gz'));
    const names: string[] = [];
    for await (const member of openSource(realDisk, input, () => {})) {
      names.push(member.name);
      for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
    }
    assert.deepEqual(names, ['a.txt']);
  });

  test('a file that changes while it is read is refused', async () => {
    using folder = folderOf({ a: PLAIN });
    const file = path.join(folder.path, 'a');
    const input = await inputOf(file);
    fs.writeFileSync(file, 'one\ntwo\nfour!\n');
    const readAll = async () => {
      for await (const member of openSource(realDisk, input, () => {}))
        for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
    };
    await assert.rejects(readAll(), { code: 'SOURCE_CHANGED' });
  });

  test('a tar that changes while it is read is refused, packed or not', async () => {
    const tar = tarOf([['a.txt', PLAIN, '0']]);
    const changed = tarOf([['a.txt', PLAIN.replace('two', 'TWO'), '0']]);
    for (const pack of [(bytes: Buffer) => bytes, zlib.gzipSync]) {
      using folder = folderOf({ 'a.tar': pack(tar) });
      const file = path.join(folder.path, 'a.tar');
      const input = await inputOf(file);
      fs.writeFileSync(file, pack(changed));
      const readAll = async () => {
        for await (const member of openSource(realDisk, input, () => {}))
          for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
      };
      await assert.rejects(readAll(), { code: 'SOURCE_CHANGED' });
    }
  });

  test('files that nobody reads to their end are closed', async () => {
    const tar = tarOf([
      ['a.txt', PLAIN, '0'],
      ['b.txt', PLAIN, '0'],
    ]);
    using folder = folderOf({ 'a.txt': Buffer.alloc(2 ** 20), 'a.tar': tar, 'b.txt.gz': GZIP });
    const opened = () => fs.readdirSync('/proc/self/fd').length;
    const inputs: InputFile[] = [];
    for (const name of ['a.txt', 'a.tar', 'b.txt.gz'])
      inputs.push(await inputOf(path.join(folder.path, name)));
    const before = opened();
    for (const input of inputs) {
      for await (const member of openSource(realDisk, input, () => {})) assert.ok(member.name);
      for await (const member of openSource(realDisk, input, () => {})) {
        assert.ok(member.name);
        break;
      }
    }
    assert.equal(opened(), before);
  });

  test('the event loop turns while a file is hashed and while it is read', async () => {
    using folder = folderOf({ 'a.txt': Buffer.alloc(16 * 2 ** 20) });
    const file = path.join(folder.path, 'a.txt');
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    try {
      const input = await inputOf(file);
      assert.ok(turns > 0, 'while it is hashed');
      turns = 0;
      for await (const member of openSource(realDisk, input, () => {}))
        for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
      assert.ok(turns > 0, 'while it is read');
      const heard: number[] = [];
      const stopped = await digestFile(realDisk, file, (bytes) => heard.push(bytes) < 3);
      assert.deepEqual([stopped, heard.length], [undefined, 3]);
    } finally {
      clearInterval(ticking);
    }
  });
});

describe('files that are named', () => {
  const preset = parseMapping(
    JSON.stringify({
      ...{ format: 'fonoteca-mapping/1', name: 'a', namespace: 'a', licence: null },
      files: [{ kind: 'a', match: ['*.txt'], format: 'csv' }],
    }),
    'the mapping of a test',
  );

  test('are refused when one lies there packed and unpacked, and not for a name in another folder', () => {
    using folder = folderOf({
      'x/1.txt': PLAIN,
      'y/1.txt': PLAIN,
      'z/1.txt': PLAIN,
      'z/1.txt.gz': GZIP,
      't/d.tar.gz': GZIP,
      't/d.tgz': GZIP,
    });
    const at = (name: string) => path.join(folder.path, name);
    assert.deepEqual(findFiles([at('x'), at('y')], preset), [at('x/1.txt'), at('y/1.txt')]);
    assert.deepEqual(findFiles([at('z/1.txt.gz')], preset), [at('z/1.txt.gz')]);
    assert.throws(() => findFiles([at('z')], preset), {
      code: 'SOURCE_TWICE',
      seen: `${at('z/1.txt')} and ${at('z/1.txt.gz')}`,
    });
    assert.throws(() => findFiles([at('t')], preset), { code: 'SOURCE_TWICE' });
  });

  test('are refused when a tar has them twice, or once more beside it', async () => {
    const row = 'id,title,artist\n1,A,B\n';
    const twice = tarOf([
      ['d/1.txt', row, '0'],
      ['d/1.txt.gz', GZIP, '0'],
    ]);
    const once = tarOf([
      ['d/1.txt', row, '0'],
      ['e/1.txt', 'id,title,artist\n2,A,B\n', '0'],
    ]);
    using folder = folderOf({ 'twice.tar': twice, 'once.tar': once, 'd/1.txt': row });
    const at = (name: string) => path.join(folder.path, name);
    const songs = parseMapping(
      JSON.stringify({
        ...preset,
        files: [
          {
            ...preset.files[0],
            rows: [{ table: 'tracks', columns: { id: 'id', title: 'title', artist: 'artist' } }],
          },
        ],
      }),
      'the mapping of a test',
    );
    const run = (...names: string[]) => importInto(folder.path, songs, names.map(at));
    await assert.rejects(run('twice.tar'), {
      code: 'SOURCE_TWICE',
      seen: 'd/1.txt.gz and d/1.txt, both in twice.tar',
    });
    await assert.rejects(run('once.tar', 'd'), {
      code: 'SOURCE_TWICE',
      seen: `d/1.txt in once.tar and ${at('d/1.txt')}`,
    });
    const { record } = await run('once.tar');
    assert.equal(record?.tables.tracks?.kept, 2);
  });
});

/** A tar of members: name, content, kind; names beyond 100 bytes go into a header of GNU's. */
function tarOf(members: readonly (readonly [string, string | Uint8Array, string])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [name, content, kind] of members) {
    if (name.length > 99) parts.push(...memberOf('././@LongLink', Buffer.from(`${name}\0`), 'L'));
    parts.push(...memberOf(name.slice(0, 99), Buffer.from(content), kind));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function memberOf(name: string, content: Buffer, kind: string): Buffer[] {
  const header = Buffer.alloc(512);
  header.write(name, 0, 'utf8');
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(' '.repeat(8), 148);
  header.write(kind, 156);
  header.write('ustar\u000000', 257);
  sign(header);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

/** Gives a header the checksum that fits. */
function sign(header: Buffer): void {
  header.write(' '.repeat(8), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}
