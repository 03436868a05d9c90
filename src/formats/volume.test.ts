import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { SafeRelPath } from '../base/safe-path.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import type { RangeReader } from './tar.ts';
import { checkVolumeMembers, parseVolumeHead, volumeNameFits } from './volume-head.ts';
import {
  encodeIndexLine,
  type IndexLine,
  MAX_LINE_BYTES,
  parseIndex,
  tombstoneOf,
  volumeName,
} from './volume-index.ts';
import { planVolume, type VolumePlan, type VolumePlanMember } from './volume-plan.ts';

const payloads = new Map<Digest, Buffer>();

function member(
  memberPath: string,
  content: string | Uint8Array,
  more: Partial<VolumePlanMember> = {},
): VolumePlanMember {
  const bytes = Buffer.from(content);
  const digest = sha256(bytes);
  payloads.set(digest, bytes);
  return {
    path: memberPath as SafeRelPath,
    digest,
    sizeBytes: bytes.length,
    kind: 'audio',
    licence: 'CC-BY-4.0',
    attribution: 'Ana, “Aurora”, CC BY 4.0',
    holder: 'Ana',
    ids: [`local:${digest.slice(0, 24)}`],
    engine: null,
    ...more,
  };
}

const aurora = member('Ana/Aurora.flac', 'hello', {
  licenceUrl: 'https://creativecommons.org/licenses/by/4.0/',
  ids: ['local:2cf24dba5fb0a30e26e83b2a', 'isrc:ITXXX2600001'],
});
const cover = member('Ana/cover.png', 'cover', { kind: 'companion', ids: [] });

function fileOf(plan: VolumePlan): Buffer {
  const file = Buffer.alloc(plan.totalBytes, 0xaa);
  let at = 0;
  for (const segment of plan.segments()) {
    assert.equal(segment.positionBytes, at, 'segments follow one another');
    if (segment.kind === 'zeros') file.fill(0, at, at + segment.sizeBytes);
    else file.set(segment.kind === 'bytes' ? segment.bytes : payloads.get(segment.digest)!, at);
    at += segment.kind === 'bytes' ? segment.bytes.length : segment.sizeBytes;
  }
  assert.equal(at, plan.totalBytes);
  return file;
}

const readerOf =
  (file: Uint8Array): RangeReader =>
  (position, length) =>
    file.subarray(position, position + length);

describe('the volume plan', () => {
  test('does not depend on the order in which members or ids come', () => {
    const one = planVolume({ tier: 'original', members: [aurora, cover] });
    const other = planVolume({
      tier: 'original',
      members: [cover, { ...aurora, ids: [...aurora.ids, ...aurora.ids].reverse() }],
    });
    assert.deepEqual(fileOf(one), fileOf(other));
    assert.equal(one.name, other.name);
  });

  test('is named by tier, digests and paths alone', () => {
    const { name } = planVolume({ tier: 'opus', members: [cover, aurora] });
    const lines = `${aurora.digest} Ana/Aurora.flac\n${cover.digest} Ana/cover.png\n`;
    assert.equal(name, `opus-${sha256(lines).slice(0, 16)}`);
    assert.equal(
      planVolume({ tier: 'opus', members: [cover, { ...aurora, holder: 'Eva' }] }).name,
      name,
    );
  });

  test('reads back with every member in its place (seeds 1 to 40)', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed);
      const members = Array.from({ length: 1 + random.below(40) }, (_, at) =>
        member(
          `${random.pick(['Ana', 'Björk', '音楽'])}/${at} ${'ü'.repeat(random.below(60))}.ogg`,
          random.bytes(random.below(9000)),
          {
            attribution: 'x'.repeat(random.pick([0, 10, 300, 900, 4000])),
          },
        ),
      );
      const plan = planVolume({ tier: 'original', members });
      const file = fileOf(plan);
      const head = parseVolumeHead(readerOf(file));
      checkVolumeMembers(readerOf(file), head, file.length);
      assert.equal(head.tier, 'original');
      assert(volumeNameFits(plan.name, head), `seed ${seed}`);
      head.entries.forEach((entry, at) => {
        const payload = file.subarray(entry.positionBytes, entry.positionBytes + entry.line.length);
        assert.equal(sha256(payload), entry.line.digest, `seed ${seed}`);
        assert.equal(entry.positionBytes % 16_384, 0);
        assert.equal(entry.positionBytes, plan.members[at]!.payloadPositionBytes);
        assert.equal(entry.positionBytes, head.basePositionBytes + entry.line.offset);
      });
    }
  });

  const refusals: [string, VolumePlanMember[], string][] = [
    ['the same path twice', [aurora, aurora], 'PATH_DUPLICATE'],
    ['paths that differ in case', [aurora, member('ana/AURORA.flac', 'x')], 'PATH_DUPLICATE'],
    ['the path of the index', [member('Fonoteca-Index-1.jsonl', 'x')], 'PATH_DUPLICATE'],
    [
      'a licence that is a sentence',
      [member('a', 'x', { licence: 'free for all' })],
      'VOLUME_INDEX_INVALID',
    ],
    [
      'a licence address of another kind',
      [member('a', 'x', { licenceUrl: 'file:///a' })],
      'VOLUME_INDEX_INVALID',
    ],
    ['an id without a source', [member('a', 'x', { ids: ['abc'] })], 'VOLUME_INDEX_INVALID'],
    [
      'an endless attribution',
      [member('a', 'x', { attribution: 'x'.repeat(5000) })],
      'VOLUME_INDEX_INVALID',
    ],
  ];
  for (const [what, members, code] of refusals)
    test(`refuses ${what}`, () =>
      assert.throws(() => planVolume({ tier: 'original', members }), { code }));
});

describe('the volume index', () => {
  const plan = planVolume({ tier: 'original', members: [aurora, cover] });
  const [first, second] = parseIndex(plan.indexBytes) as [IndexLine, IndexLine];
  const encode = (line: object, lineBytes?: number) =>
    encodeIndexLine(line as IndexLine, lineBytes);

  test('pads lines to 512 bytes, and longer ones to the next multiple of 64', () => {
    const plain = { ...first, attribution: '', ids: [] };
    const jsonBytes = Buffer.byteLength(JSON.stringify(plain));
    const rows: [number, number][] = [
      [400, 512],
      [511, 512],
      [512, 576],
      [575, 576],
      [576, 640],
    ];
    for (const [bytes, wanted] of rows) {
      const line = encode({ ...plain, attribution: 'x'.repeat(bytes - jsonBytes) });
      assert.equal(line.length, wanted, `JSON of ${bytes} bytes`);
      assert.equal(line.at(-1), 0x0a);
      assert.equal(Buffer.from(line).toString().trimEnd().length, bytes);
    }
  });

  test('holds nothing of the operator, the day or the popularity', () => {
    const fields =
      'attribution digest engine holder ids kind length licence licenceUrl offset path tier';
    assert.equal(Object.keys(first).sort().join(' '), fields);
    const engine = {
      engine: 'libopus-wasm',
      build: '0.4.0',
      settings: { bitrateKbps: 75 },
      sourceDigest: aurora.digest,
      tagBlock: [['TITLE', 'Aurora']],
    };
    const { indexBytes } = planVolume({ tier: 'opus', members: [{ ...aurora, engine }] });
    const [line] = parseIndex(indexBytes);
    const { tagBlock, ...kept } = engine;
    assert.deepEqual(line && 'engine' in line ? line.engine : tagBlock, kept);
  });

  const bad: [string, Uint8Array, RegExp][] = [
    ['a line without a newline', plan.indexBytes.subarray(0, -1), /no newline, line 2/],
    ['a blank line', Buffer.concat([plan.indexBytes, Buffer.from('\n')]), /line 3/],
    [
      'lines out of order',
      Buffer.concat([encode(second), encode(first)]),
      /paths out of order, line 2/,
    ],
    ['a line twice', Buffer.concat([encode(first), encode(first)]), /paths out of order, line 2/],
    [
      'members that overlap',
      Buffer.concat([encode(first), encode({ ...second, offset: first.offset + 4 })]),
      /overlap, line 2/,
    ],
    ['an unknown field', encode({ ...first, popularity: 99 }), /popularity/],
    ['a missing field', encode({ ...first, holder: undefined }), /holder/],
    ['an unsafe path', encode({ ...first, path: '../x' }), /an unsafe path/],
    ['a digest in capitals', encode({ ...first, digest: first.digest.toUpperCase() }), /digest/],
    ['a negative length', encode({ ...first, length: -1 }), /length/],
    ['an offset that is no whole number', encode({ ...first, offset: 0.5 }), /offset/],
    ['ids out of order', encode({ ...first, ids: ['b:1', 'a:1'] }), /ids out of order/],
    ['an unknown tier', encode({ ...first, tier: 'gold' }), /tier/],
    ['a line longer than it should be', encode(first, 576), /not in canonical form/],
    ['a line of an odd length', encode(tombstoneOf(first), 513), /513 bytes/],
    ['an endless line', encode(tombstoneOf(first), MAX_LINE_BYTES).subarray(0, -1), /no newline/],
    [
      'a line beyond the limit',
      Buffer.alloc(MAX_LINE_BYTES + 64, ' ').fill('\n', MAX_LINE_BYTES + 63),
      /65600 bytes/,
    ],
    [
      'keys in another order',
      Buffer.from(
        `${JSON.stringify({ ...first, attribution: '' })
          .replace(/{(.*?),(.*?),/, '{$2,$1,')
          .padEnd(511)}\n`,
      ),
      /not in canonical form/,
    ],
  ];
  for (const [what, bytes, message] of bad)
    test(`refuses ${what}`, () =>
      assert.throws(() => parseIndex(bytes), { code: 'VOLUME_INDEX_INVALID', message }));

  test('takes a tombstone in the place of any line, and keeps the name', () => {
    const bytes = Buffer.from(plan.indexBytes);
    bytes.set(encodeIndexLine(tombstoneOf(first), 512), 0);
    const lines = parseIndex(bytes);
    const { path: kept, digest, length, offset } = first;
    assert.deepEqual(lines[0], {
      path: kept,
      digest,
      length,
      offset,
      tombstone: { payload: 'zeros' },
    });
    assert.equal(volumeName('original', lines), plan.name);
    const file = fileOf(plan);
    file.set(bytes, parseVolumeHead(readerOf(file)).indexPositionBytes);
    const head = parseVolumeHead(readerOf(file));
    checkVolumeMembers(readerOf(file), head, file.length);
    assert(volumeNameFits(plan.name, head));
  });

  test('a tombstone fits in the place of the shortest line that can be', () => {
    const path = `${`${'d'.repeat(200)}/`.repeat(20)}x` as SafeRelPath;
    const least = member(path, 'x', { attribution: '', holder: '', ids: [], licence: 'x' });
    const [line] = parseIndex(planVolume({ tier: 'opus', members: [least] }).indexBytes);
    encodeIndexLine(tombstoneOf(line!), encodeIndexLine(line!).length);
  });
});

describe('the volume head', () => {
  const plan = planVolume({ tier: 'original', members: [aurora, cover] });
  const file = fileOf(plan);

  test('is refused when a member is not where the index says', () => {
    const lines = parseIndex(plan.indexBytes);
    const moved = Buffer.from(file);
    moved.set(encodeIndexLine({ ...lines[1]!, offset: lines[1]!.offset + 16_384 }), 16_384 + 512);
    assert.throws(() => parseVolumeHead(readerOf(moved)), {
      code: 'VOLUME_INDEX_INVALID',
      message: /offset 49152, line 2/,
    });
    const longer = Buffer.from(file);
    longer.set(encodeIndexLine({ ...lines[1]!, length: lines[1]!.length + 1 }), 16_384 + 512);
    const head = parseVolumeHead(readerOf(longer));
    assert.throws(() => checkVolumeMembers(readerOf(longer), head, longer.length), {
      code: 'VOLUME_INDEX_INVALID',
    });
  });

  test('is refused under a code when bytes of it change (seeds 1 to 600)', () => {
    const headBytes = file.subarray(0, 16_384 + plan.indexBytes.length);
    const rest = file.subarray(headBytes.length);
    for (let seed = 1; seed <= 600; seed += 1) {
      const input = Buffer.concat([mutate(headBytes, seededRandom(seed)), rest]);
      try {
        const head = parseVolumeHead(readerOf(input));
        checkVolumeMembers(readerOf(input), head, input.length);
        // A change inside a text of the index stays readable; its leaf hash is what refuses it.
        assert.equal(input.length, file.length, `seed ${seed}`);
      } catch (error) {
        if (!(error instanceof FonotecaError)) throw error;
        assert.match(error.code, /^(?:TAR_|VOLUME_INDEX_|PATH_)/);
      }
    }
  });
});

test('the worked bytes of the volume page are what the code writes', () => {
  const plan = planVolume({ tier: 'original', members: [aurora, cover] });
  const file = fileOf(plan);
  const head = parseVolumeHead(readerOf(file));
  const dump = (from: number, to: number): string[] => {
    const rows: string[] = [];
    for (let at = from; at < to; at += 16) {
      const row = file.subarray(at, at + 16);
      const text = row.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
      if (row.some((byte) => byte !== 0))
        rows.push(`${String(at).padStart(5)}  ${row.toString('hex')}  ${text}`);
    }
    return rows;
  };
  const blocks = [
    `name ${plan.name}\nbytes ${plan.totalBytes}\nsha256 ${sha256(file)}`,
    [...dump(0, 560), ...dump(15_872, 16_384)].join('\n'),
    plan.indexBytes.toString().replaceAll(/ +\n/g, '\n').trimEnd(),
    ['index', ...head.entries.map(({ line }) => line.path)]
      .map(
        (name, at) =>
          `${at === 0 ? head.indexPositionBytes : head.entries[at - 1]!.positionBytes} ${name}`,
      )
      .join('\n'),
    encodeIndexLine(tombstoneOf(head.entries[0]!.line)).toString().trimEnd(),
  ];
  const page = fs.readFileSync(
    path.resolve(import.meta.dirname, '../../docs/formats/volume.md'),
    'utf8',
  );
  for (const block of blocks) assert(page.includes(`\`\`\`\n${block}\n\`\`\``), block);
});
