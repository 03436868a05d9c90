import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import zlib from 'node:zlib';
import { realDisk } from '../base/disk.ts';
import { digestFile, openSource } from './source-files.ts';
import { folderOf } from './test-import.ts';

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

async function unpacked(name: string, bytes: Uint8Array): Promise<Record<string, string>> {
  using folder = folderOf({ [name]: bytes });
  const input = digestFile(realDisk, path.join(folder.path, name));
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
      await assert.rejects(unpacked('a.txt', cut), { code: 'SOURCE_COMPRESSION' });
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

  test('what grows a thousandfold beyond a quarter of a gigabyte is refused', async () => {
    const zeros = Buffer.alloc(300 * 1024 * 1024);
    const bomb = zlib.zstdCompressSync(zeros);
    using folder = folderOf({ 'bomb.zst': bomb });
    const input = digestFile(realDisk, path.join(folder.path, 'bomb.zst'));
    const readAll = async () => {
      for await (const member of openSource(realDisk, input, () => {}))
        for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
    };
    await assert.rejects(readAll(), { code: 'SOURCE_COMPRESSION' });
  });

  test('a link to a dump is the dump under the name of the link', async () => {
    using folder = folderOf({ 'real.bin': GZIP });
    fs.symlinkSync('real.bin', path.join(folder.path, 'a.txt.gz'));
    const input = digestFile(realDisk, path.join(folder.path, 'a.txt.gz'));
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
    const input = digestFile(realDisk, file);
    fs.writeFileSync(file, 'one\ntwo\nfour!\n');
    const readAll = async () => {
      for await (const member of openSource(realDisk, input, () => {}))
        for await (const chunk of member.chunks) assert.ok(chunk.length > 0);
    };
    await assert.rejects(readAll(), { code: 'SOURCE_CHANGED' });
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
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
