import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import type { SafeRelPath } from '../base/safe-path.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import { encodePaxComment, encodePaxRecord, MIN_COMMENT_BYTES, parsePaxRecords } from './pax.ts';
import {
  layoutTar,
  memberHead,
  nextBoundary,
  type RangeReader,
  readTarHeaders,
  type TarMember,
} from './tar.ts';
import { encodeTarHeader, fallbackName, parseTarHeader } from './tar-header.ts';

const KIB = 1024;
const member = (path: string, sizeBytes: number): TarMember => ({
  path: path as SafeRelPath,
  sizeBytes,
});
const readerOf =
  (file: Uint8Array): RangeReader =>
  (position, length) =>
    file.subarray(position, position + length);

/** A whole tar with payloads of the letter p. */
function tarOf(members: readonly TarMember[]): Buffer {
  const { placed, totalBytes } = layoutTar(members);
  const file = Buffer.alloc(totalBytes);
  for (const at of placed) {
    file.set(memberHead(at), at.headPositionBytes);
    file.fill('p', at.payloadPositionBytes, at.payloadPositionBytes + at.sizeBytes);
  }
  return file;
}

const sample = [
  member('a.txt', 3),
  member('b/ü.ogg', 16_384),
  member('b/z.opus', 0),
  member('c', 20_000),
];

/** `file` with the header block at `position` edited and its checksum mended. */
function editHeader(file: Uint8Array, position: number, edit: (block: Buffer) => void): Buffer {
  const copy = Buffer.from(file);
  const block = copy.subarray(position, position + 512);
  edit(block);
  block.write(' '.repeat(8), 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

describe('pax records', () => {
  test('count their own digits', () => {
    assert.equal(Buffer.from(encodePaxRecord('path', 'a')).toString(), '9 path=a\n');
    for (const length of [1, 2, 3, 4, 90, 91, 92, 989, 990, 991]) {
      const record = encodePaxRecord('path', 'x'.repeat(length));
      assert.equal(Number.parseInt(Buffer.from(record).toString(), 10), record.length);
    }
  });
  test('a comment takes exactly the bytes asked for, from the fewest on', () => {
    for (const bytes of [MIN_COMMENT_BYTES, 13, 99, 100, 101, 999, 1000, 16_383]) {
      const comment = encodePaxComment(bytes);
      assert.equal(comment.length, bytes);
      assert.match(parsePaxRecords(comment).get('comment')!, /^ *$/);
    }
  });
  const bad = [
    'x',
    '8 path=a\n',
    '11 path=a\n',
    '9 path=a ',
    '09 path=a\n',
    '9 path a\n',
    '99999999 a=b\n',
    '9 path=a\n9 path=b\n',
    '10 path=a\0\n',
    '11 path=a\nb\n',
    '10 path=\xff\xff\n',
  ];
  for (const text of bad)
    test(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(() => parsePaxRecords(Buffer.from(text, 'latin1')), { code: 'TAR_INVALID' }));
});

describe('the tar layout', () => {
  test('starts every payload on a 16 KiB boundary and fills heads exactly', () => {
    const { placed, totalBytes } = layoutTar(sample);
    for (const at of placed) {
      assert.equal(at.payloadPositionBytes % (16 * KIB), 0);
      assert.equal(memberHead(at).length, at.payloadPositionBytes - at.headPositionBytes);
    }
    assert.equal(totalBytes % 512, 0);
  });

  test('places all but the first member from the boundary after it, whatever its size', () => {
    const offsets = (indexBytes: number): number[] => {
      const { placed } = layoutTar([member('index', indexBytes), ...sample]);
      const base = nextBoundary(placed[0]!.payloadPositionBytes + indexBytes);
      return placed.slice(1).map((at) => at.payloadPositionBytes - base);
    };
    const wanted = offsets(0);
    for (const indexBytes of [1, 512, 14_848, 15_360, 16_384, 16_385, 99_999])
      assert.deepEqual(offsets(indexBytes), wanted, `index of ${indexBytes} bytes`);
  });

  test('reads back what it lays out, whatever paths and sizes (seeds 1 to 60)', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = seededRandom(seed);
      const members = Array.from({ length: 1 + random.below(5) }, (_, at) => {
        const name = random.pick([
          'a',
          'Ünïcödé',
          '音楽',
          'x'.repeat(200),
          '🎵 '.repeat(40).trim(),
        ]);
        const depth = random.pick([0, 1, 15]);
        return member(
          `${`${'d'.repeat(random.pick([1, 100, 250]))}/`.repeat(depth)}${name}${at}.ogg`,
          random.below(40_000),
        );
      });
      const file = tarOf(members);
      const read = [...readTarHeaders(readerOf(file), file.length)];
      assert.deepEqual(read, layoutTar(members).placed, `seed ${seed}`);
    }
  });

  test('puts sizes from 8 GiB on in a pax record and reads them back', () => {
    for (const sizeBytes of [8 * 2 ** 30 - 1, 8 * 2 ** 30, 5 * 2 ** 40]) {
      const { placed, totalBytes } = layoutTar([
        member('index', 1),
        member('large.flac', sizeBytes),
      ]);
      const heads = new Map(
        placed.map((at) => [at.headPositionBytes, Buffer.from(memberHead(at))]),
      );
      const sparse: RangeReader = (position, length) => {
        const bytes = Buffer.alloc(length);
        for (const [at, head] of heads) {
          const from = Math.max(position, at);
          const to = Math.min(position + length, at + head.length);
          if (from < to) head.copy(bytes, from - position, from - at, to - at);
        }
        return bytes;
      };
      const hasRecord = [...heads.values()].some((head) => head.includes(` size=${sizeBytes}\n`));
      assert.equal(hasRecord, sizeBytes >= 8 * 2 ** 30);
      assert.deepEqual([...readTarHeaders(sparse, totalBytes)], placed);
    }
  });

  test('gives programs without pax a lone ASCII name in which no folder can hide', () => {
    const rows: [string, string][] = [
      ['a/b/c.ogg', 'c.ogg'],
      ['Björk/Jóga.flac', 'J_ga.flac'],
      ['音楽/🎵.opus', '_.opus'],
      [`${'a'.repeat(59)}.${'b'.repeat(100)}.opus`, `${'a'.repeat(59)}.~${'b'.repeat(34)}.opus`],
    ];
    for (const [path, name] of rows) assert.equal(fallbackName(path), name);
  });
});

describe('the tar reader', () => {
  const file = tarOf(sample);
  const { placed } = layoutTar(sample);
  const headAt = (index: number): number => placed[index]!.payloadPositionBytes - 512;
  const retyped = (kind: string): Buffer =>
    editHeader(file, headAt(1), (block) => block.write(kind, 156));
  const patched = (position: number, text: string): Buffer => {
    const copy = Buffer.from(file);
    copy.write(text, position, 'latin1');
    return copy;
  };
  const pathRecord = file.indexOf('9 path=c\n');
  const bad: [string, Uint8Array, string][] = [
    ...['1', '2', '3', '4', '5', '6', '7', 'L', 'K', 'g', 'S', '\0', 'x'].map(
      (kind): [string, Uint8Array, string] => [
        `kind ${JSON.stringify(kind)}`,
        retyped(kind),
        'TAR_MEMBER_KIND',
      ],
    ),
    [
      'a base-256 size',
      editHeader(file, headAt(1), (block) => block.fill(0, 124, 136).writeUInt8(0x80, 124)),
      'TAR_SIZE_INVALID',
    ],
    [
      'a negative size',
      editHeader(file, headAt(1), (block) => block.write('-0000000001\0', 124)),
      'TAR_SIZE_INVALID',
    ],
    [
      'a size beyond the end',
      editHeader(file, headAt(3), (block) => block.write('00077777777\0', 124)),
      'TAR_SIZE_INVALID',
    ],
    [
      'another size',
      editHeader(file, headAt(3), (block) => block.write('00000000000\0', 124)),
      'TAR_INVALID',
    ],
    [
      'another mode',
      editHeader(file, headAt(1), (block) => block.write('0000755\0', 100)),
      'TAR_INVALID',
    ],
    [
      'an owner name',
      editHeader(file, headAt(1), (block) => block.write('root', 265)),
      'TAR_INVALID',
    ],
    [
      'a time',
      editHeader(file, headAt(1), (block) => block.write('00000000001\0', 136)),
      'TAR_INVALID',
    ],
    [
      'another name field',
      editHeader(file, headAt(1), (block) => block.write('..', 0)),
      'TAR_INVALID',
    ],
    ['a wrong checksum', patched(headAt(1) + 100, '7'), 'TAR_INVALID'],
    ['a folder as path', patched(pathRecord, '9 path=/\n'), 'PATH_UNSAFE'],
    ['a path twice', patched(pathRecord, '9 path=a\n'), 'TAR_INVALID'],
    ['bytes between members', patched(placed[0]!.payloadPositionBytes + 3, 'x'), 'TAR_INVALID'],
    ['bytes in the last blocks', patched(file.length - 600, 'x'), 'TAR_INVALID'],
    ['a missing last block', file.subarray(0, -512), 'TAR_SIZE_INVALID'],
    ['a block more', Buffer.concat([file, Buffer.alloc(512)]), 'TAR_INVALID'],
    ['a cut', file.subarray(0, 20_000), 'TAR_INVALID'],
    ['no pax records', file.subarray(placed[0]!.payloadPositionBytes - 512), 'TAR_INVALID'],
    ['nothing', file.subarray(0, 0), 'TAR_INVALID'],
  ];
  for (const [what, bytes, code] of bad)
    test(`refuses ${what} as ${code}`, () =>
      assert.throws(() => [...readTarHeaders(readerOf(bytes), bytes.length)], { code }));

  const twins: [string, string][] = [
    ['x', 'x'],
    ['Straße/A', 'STRASSE/a'],
    ['Å.ogg', 'å.ogg'],
    ['x', 'x/y'],
    ['x/y', 'X'],
  ];
  for (const [a, b] of twins)
    test(`lays out no volume with ${a} and ${b}`, () =>
      assert.throws(() => layoutTar([member(a, 1), member(b, 1)]), { code: 'PATH_DUPLICATE' }));

  test('lets two spellings of one folder merge', () => {
    assert.equal(layoutTar([member('Abc/x', 1), member('ABC/y', 1)]).placed.length, 2);
  });

  test('headers that are read are written the same', () => {
    const header = { name: 'c.ogg', sizeBytes: 0o77777777777, kind: '0' as const };
    assert.deepEqual(parseTarHeader(encodeTarHeader(header)), header);
  });

  test('mutated heads are refused under a code, except in payloads (seeds 1 to 1500)', () => {
    const codes = new Set([
      'TAR_INVALID',
      'TAR_MEMBER_KIND',
      'TAR_SIZE_INVALID',
      'PATH_UNSAFE',
      'PATH_DUPLICATE',
    ]);
    const whole = tarOf([member('a', 1), member('b', 2)]);
    const payloads = layoutTar([member('a', 1), member('b', 2)]).placed;
    for (let seed = 1; seed <= 1500; seed += 1) {
      const input = mutate(whole, seededRandom(seed));
      const masked = Buffer.alloc(whole.length);
      masked.set(input.subarray(0, whole.length));
      for (const at of payloads)
        masked.fill('p', at.payloadPositionBytes, at.payloadPositionBytes + at.sizeBytes);
      try {
        for (const _ of readTarHeaders(readerOf(input), input.length));
        assert.deepEqual(
          [input.length, masked.equals(whole)],
          [whole.length, true],
          `seed ${seed}`,
        );
      } catch (error) {
        if (!(error instanceof FonotecaError)) throw error;
        assert(codes.has(error.code), `${error.code}, seed ${seed}`);
      }
    }
  });
});
