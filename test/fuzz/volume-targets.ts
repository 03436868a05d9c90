/** Fuzz targets for volumes: tar headers, pax records, the walk over a volume, the index and the head. */
import assert from 'node:assert/strict';
import { canonicalJson, type Json } from '../../src/base/canonical-json.ts';
import { sha256 } from '../../src/base/digest.ts';
import { parseSafePath, unsafePathReason } from '../../src/base/safe-path.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { encodePaxComment, encodePaxRecord, parsePaxRecords } from '../../src/formats/pax.ts';
import { type PlacedMember, readTarHeaders } from '../../src/formats/tar.ts';
import { encodeTarHeader, parseTarHeader } from '../../src/formats/tar-header.ts';
import { checkVolumeMembers, parseVolumeHead } from '../../src/formats/volume-head.ts';
import {
  encodeIndexLine,
  type IndexLine,
  indexSpans,
  parseIndex,
  tombstoneOf,
} from '../../src/formats/volume-index.ts';
import { planVolume, type VolumePlan } from '../../src/formats/volume-plan.ts';
import { startTarWalk } from '../../src/verifier/tar-walk.ts';
import { assertSameBytes, type FuzzTarget, valueOrRefusal } from './fuzz-target.ts';
import { EDGE_NUMBERS, HOSTILE_TEXTS, mutateBytes } from './mutations.ts';

const HEADER_CODES = /^TAR_(?:INVALID|MEMBER_KIND|SIZE_INVALID)$/;

const tarHeader: FuzzTarget = {
  name: 'tar-header',
  run(random) {
    const made = {
      name: random.pick(['PaxHeaders/member', 'a.flac', 'x'.repeat(100), '_', '..']),
      sizeBytes: random.pick([0, 1, 511, 2 ** 33 - 1, random.below(1e9)]),
      kind: random.pick(['x', '0'] as const),
    };
    const block = encodeTarHeader(made);
    if (random.below(4) === 0) {
      assert.deepEqual(parseTarHeader(block), made);
      return 'written';
    }
    const mutant = Buffer.from(
      mutateBytes(block, random, { tokens: ['ustar\0' + '00', '\x80\0\0\0', '7'.repeat(11)] }),
    );
    if (random.below(4) > 0) mendChecksum(mutant);
    const read = valueOrRefusal(HEADER_CODES, () => parseTarHeader(mutant));
    if (read === undefined) return 'refused';
    assert.deepEqual(parseTarHeader(encodeTarHeader(read)), read);
    return 'read';
  },
};

/** Lets a changed header past the first look. */
function mendChecksum(block: Buffer): void {
  if (block.length < 156) return;
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

const pax: FuzzTarget = {
  name: 'pax',
  run(random) {
    const records = new Map([
      ['path', random.pick(['a', 'Ünï/ö', 'x'.repeat(random.below(300) + 1)])],
      ...(random.below(2) === 0 ? [['size', String(random.pick(EDGE_NUMBERS))] as const] : []),
    ]);
    const comment = encodePaxComment(12 + random.below(300));
    const bytes = Buffer.concat([encodeRecords(records), comment]);
    if (random.below(4) === 0) {
      const read = parsePaxRecords(bytes);
      assert.match(read.get('comment')!, /^ *$/);
      read.delete('comment');
      assert.deepEqual(read, records);
      return 'written';
    }
    const mutant = mutateBytes(bytes, random, { tokens: ['11 path=abc\n', ' path=', '\n', '99 '] });
    const read = valueOrRefusal(/^TAR_INVALID$/, () => parsePaxRecords(mutant));
    if (read === undefined) return 'refused';
    assert.deepEqual(parsePaxRecords(encodeRecords(read)), read);
    return 'read';
  },
};

function encodeRecords(records: ReadonlyMap<string, string>): Buffer {
  return Buffer.concat([...records].map(([key, value]) => encodePaxRecord(key, value)));
}

/** A volume in memory, and which of its bytes are payload. */
interface SampleVolume {
  readonly plan: VolumePlan;
  readonly bytes: Buffer;
}

const PATHS = ['Ana/01.flac', 'Ana/ü.opus', 'B.ogg', 'c/d/e.txt', '坂本/龍一.mp3'];
const credit = { licence: 'CC0-1.0', attribution: '“Ana”', holder: 'Ana', ids: [], engine: null };

function makeVolume(sizes: readonly number[]): SampleVolume {
  const payloads = new Map(
    sizes.map((sizeBytes, at) => {
      const bytes = Buffer.alloc(sizeBytes, at + 1);
      return [sha256(bytes), bytes] as const;
    }),
  );
  const members = [...payloads].map(([digest, bytes], at) => ({
    ...{ ...credit, digest, path: parseSafePath(PATHS[at]!) },
    ...{ sizeBytes: bytes.length, kind: 'audio' as const },
  }));
  const plan = planVolume({ tier: 'original', members });
  const parts = [...plan.segments()].map((segment) =>
    segment.kind === 'bytes'
      ? segment.bytes
      : segment.kind === 'zeros'
        ? new Uint8Array(segment.sizeBytes)
        : payloads.get(segment.digest)!,
  );
  return { plan, bytes: Buffer.concat(parts) };
}

const VOLUMES: readonly SampleVolume[] = [[1], [0, 512, 16_385], [40_000, 3]].map(makeVolume);
const VOLUME_CODES = /^(?:TAR_[A-Z_]+|VOLUME_INDEX_INVALID|PATH_UNSAFE|PATH_DUPLICATE)$/;

/** Where in `volume` a byte is a member's payload, which no reader of heads looks at. */
function isPayload({ plan }: SampleVolume, at: number): boolean {
  return plan.members.some(
    ({ payloadPositionBytes: from, sizeBytes }) => at >= from && at < from + sizeBytes,
  );
}

/** Changes up to four bytes of `bytes`, most of them where the heads are, runs `body`, and puts them back. */
function withPatches<T>(
  { bytes }: SampleVolume,
  random: SeededRandom,
  body: (places: readonly number[]) => T,
): T {
  const places = Array.from({ length: 1 + random.below(4) }, () => {
    const at = random.below(bytes.length);
    if (random.below(8) === 0) return at;
    // Heads end on multiples of 16 KiB: most of the meaning is in the 1,600 bytes before one, or after one.
    const edge = Math.round(at / 16_384) * 16_384;
    return Math.min(bytes.length - 1, Math.max(0, edge - 1600 + random.below(2200)));
  });
  const old = places.map((at) => bytes[at]!);
  for (const at of places) bytes[at] = random.pick([random.below(256), 0, 0x20, bytes[at]! ^ 1]);
  try {
    return body(places.filter((at, index) => bytes[at] !== old[index]));
  } finally {
    for (const [index, at] of places.entries()) bytes[at] = old[index]!;
  }
}

const tarWalk: FuzzTarget = {
  name: 'tar-walk',
  run(random) {
    const volume = random.pick(VOLUMES);
    if (random.below(8) === 0) {
      const cut = random.below(volume.bytes.length);
      const seen = walk(volume, volume.bytes.subarray(0, cut), random);
      assert.equal(seen, undefined, `cut at ${cut}`);
      return 'refused';
    }
    return withPatches(volume, random, (places) => {
      const seen = walk(volume, volume.bytes, random);
      const index = volume.plan.indexBytes.length;
      // A payload may say anything, and to this reader the index is a payload too.
      const indexAt = 16_384;
      const isOpen = places.every(
        (at) => isPayload(volume, at) || (at >= indexAt && at < indexAt + index),
      );
      // A letter of a folder stands nowhere else in a head: another path, which the index then contradicts.
      const isOther = seen?.slice(1).some(({ path }, at) => path !== volume.plan.members[at]!.path);
      assert.equal(seen !== undefined, isOpen || isOther === true, `${places}`);
      return seen === undefined ? 'refused' : 'read';
    });
  },
};

/** The members that our reader finds; the verifier's, fed in parts, must find the same ones or be at odds as well. */
function walk(
  { plan }: SampleVolume,
  bytes: Buffer,
  random: SeededRandom,
): PlacedMember[] | undefined {
  const ours = valueOrRefusal(VOLUME_CODES, () => [
    ...readTarHeaders((from, length) => bytes.subarray(from, from + length), bytes.length),
  ]);
  const verifier = startTarWalk({ digests: false });
  const step = random.pick([1 + random.below(2000), 16_384, 50_001, bytes.length + 1]);
  for (let at = 0; at < bytes.length; at += step) verifier.feed(bytes.subarray(at, at + step));
  const theirs = verifier.finish();
  const placesOf = (list: readonly (readonly [string, number, number])[]) =>
    list.map((place) => place.join(' '));
  if ('wrong' in theirs) assert.equal(ours, undefined, theirs.wrong);
  else {
    const seen = placesOf(
      theirs.members.map((each) => [each.path, each.sizeBytes, each.positionBytes]),
    );
    const places = placesOf(
      (ours ?? plan.members)
        .slice(ours ? 1 : 0)
        .map((each) => [each.path, each.sizeBytes, each.payloadPositionBytes]),
    );
    // What it reads of a path that is not safe is another one than the index has, where it is refused.
    if (ours) assert.deepEqual(seen, places);
    else assert.notDeepEqual(seen, places, 'the verifier reads what we refuse');
  }
  return ours;
}

const volumeHead: FuzzTarget = {
  name: 'volume-head',
  run(random) {
    const volume = random.pick(VOLUMES);
    const read = (from: number, length: number) => volume.bytes.subarray(from, from + length);
    return withPatches(volume, random, (places) => {
      const head = valueOrRefusal(VOLUME_CODES, () => {
        const parsed = parseVolumeHead(read);
        checkVolumeMembers(read, parsed, volume.bytes.length);
        return parsed;
      });
      if (head === undefined) {
        assert(!places.every((at) => isPayload(volume, at)), 'a payload refused');
        return 'refused';
      }
      assert.equal(head.entries.length, volume.plan.members.length);
      for (const [at, { line, positionBytes }] of head.entries.entries()) {
        const member = volume.plan.members[at]!;
        assert.deepEqual(
          [line.path, line.length, positionBytes],
          [member.path, member.sizeBytes, member.payloadPositionBytes],
        );
      }
      return 'read';
    });
  },
};

const INDEX_CODES = /^(?:VOLUME_INDEX_INVALID|PATH_UNSAFE|PATH_DUPLICATE)$/;

function randomLines(random: SeededRandom): IndexLine[] {
  let offset = 16_384;
  return PATHS.slice(0, 1 + random.below(PATHS.length)).map((path) => {
    const length = random.below(100_000);
    const line: IndexLine = {
      ...{ ...credit, path: parseSafePath(path), length, offset },
      digest: sha256(random.bytes(4)),
      tier: random.pick(['original', 'opus'] as const),
      kind: random.pick(['audio', 'companion'] as const),
      attribution: random.pick(['', 'Ana, “Ü”', 'x'.repeat(700)]),
      ids: random.pick([[], ['isrc:ITXXX2600001', 'local:2cf24dba5fb0a30e26e83b2a']]),
      ...(random.below(2) === 0 ? {} : { licenceUrl: 'https://a.example/l' }),
    };
    offset += Math.ceil(length / 16_384) * 16_384 + 16_384;
    return random.below(4) === 0 ? tombstoneOf(line) : line;
  });
}

const volumeIndex: FuzzTarget = {
  name: 'volume-index',
  run(random) {
    const lines = randomLines(random);
    const bytes = Buffer.concat(lines.map((line) => encodeIndexLine(line)));
    const kind = random.below(4);
    if (kind === 0) {
      assert.deepEqual(parseIndex(bytes), lines);
      return 'written';
    }
    const mutant =
      kind === 1
        ? mutateBytes(bytes, random, { tokens: ['{"', '":', ',"', '}', 'null', '[]', '   \n'] })
        : Buffer.concat(lines.map((line) => padded(editField(line, random))));
    const spans = valueOrRefusal(INDEX_CODES, () => indexSpans(mutant));
    if (spans === undefined) return 'refused';
    const again = spans.map(({ line, lineBytes }) => encodeIndexLine(line, lineBytes));
    assertSameBytes(Buffer.concat(again), mutant, 're-encoded');
    assert(spans.every(({ line }) => unsafePathReason(line.path) === undefined));
    return 'read';
  },
};

/** `line` with one field of another value, name or place, or as it is. */
function editField(line: IndexLine, random: SeededRandom): Json {
  const object: Record<string, Json> = { ...(line as unknown as Record<string, Json>) };
  const key = random.pick(Object.keys(object));
  const kind = random.below(5);
  if (kind === 0) return object as Json;
  if (kind === 1) delete object[key];
  else if (kind === 2) object[random.pick(HOSTILE_TEXTS).toWellFormed()] = object[key]!;
  else
    object[key] = random.pick<Json>([
      ...[null, true, [], {}, random.pick(EDGE_NUMBERS), random.pick(HOSTILE_TEXTS).toWellFormed()],
      ...[[random.pick(HOSTILE_TEXTS).toWellFormed()], { payload: 'zeros' }, object[key]!],
    ]);
  return object as Json;
}

function padded(value: Json): Buffer {
  const json = Buffer.from(canonicalJson(value));
  const length = Math.max(512, Math.ceil((json.length + 1) / 64) * 64);
  const line = Buffer.alloc(length, ' ');
  json.copy(line);
  line[length - 1] = 0x0a;
  return line;
}

/** The targets of this file. */
export const VOLUME_TARGETS: readonly FuzzTarget[] = [
  tarHeader,
  pax,
  tarWalk,
  volumeHead,
  volumeIndex,
];
