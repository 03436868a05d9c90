/** Numbers 7, 8, 9 and 12: real sound cut short, rotten inside, or with something else in front of or behind it; and noise. */
import { seededRandom } from '../../../src/base/seeded-random.ts';
import { type HostileItem, itemsOf } from './item.ts';
import { FILES, SOUNDS } from './sounds.ts';

const random = seededRandom(1207);
const CUTS = 12;
const FLIPS = 4;
/** Bytes from which every format here is told by its signature. */
const SIGNED_BYTES = 64;

const CUT = FILES.flatMap(([name, bytes]) =>
  Array.from({ length: CUTS }, (_, round) => {
    const length = SIGNED_BYTES + random.below(bytes.length - SIGNED_BYTES - 1);
    return [`${name} cut, ${round}`, bytes.subarray(0, length)] as const;
  }),
);
const HEADLESS = FILES.flatMap(([name, bytes]) =>
  [1, 4, 100].map(
    (from) => [`${name} without its first ${from} bytes`, bytes.subarray(from)] as const,
  ),
);

/** One bit in the second half, where the sound is. */
const FLIPPED = (['vorbis', 'opus', 'flac'] as const).flatMap((name) =>
  Array.from({ length: FLIPS }, (_, round) => {
    const bytes = Buffer.from(SOUNDS[name]);
    bytes[Math.floor(bytes.length / 2) + random.below(Math.floor(bytes.length / 2))]! ^=
      1 << random.below(8);
    return [`${name} with a bit turned, ${round}`, bytes] as const;
  }),
);
const WRONG_MD5 = Buffer.from(SOUNDS.flac);
WRONG_MD5[26]! ^= 1;
const HALVED = Buffer.concat([SOUNDS.flac.subarray(0, 3000), SOUNDS.flac.subarray(5000)]);

const PAYLOADS: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  [
    'a zip',
    Buffer.concat([
      Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'),
      Buffer.alloc(200, 0x41),
      Buffer.from('PK\x05\x06'),
      Buffer.alloc(18),
    ]),
  ],
  [
    'a page',
    Buffer.from(`<!doctype html><script>fetch('http://127.0.0.1/')</script>${' '.repeat(100)}`),
  ],
  [
    'a program',
    Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(500, 0x90)]),
  ],
  ['a script', Buffer.from(`#!/bin/sh\ntouch /tmp/fonoteca-canary\n${'#'.repeat(200)}`)],
  ['a PDF', Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n${' '.repeat(200)}%%EOF`)],
];
const BEHIND = FILES.flatMap(([name, bytes]) =>
  PAYLOADS.map(
    ([payload, foreign]) =>
      [`${name} with ${payload} behind`, Buffer.concat([bytes, foreign])] as const,
  ),
);
const BEFORE = FILES.flatMap(([name, bytes]) =>
  PAYLOADS.map(
    ([payload, foreign]) =>
      [`${name} with ${payload} in front`, Buffer.concat([foreign, bytes])] as const,
  ),
);
const INSIDE = PAYLOADS.map(
  ([payload, foreign]) =>
    [
      `mp3 with ${payload} in the middle`,
      Buffer.concat([SOUNDS.mp3.subarray(0, 6000), foreign, SOUNDS.mp3.subarray(6000)]),
    ] as const,
);
const JOINED = FILES.flatMap(([name, bytes], at) => {
  const [other, behind] = FILES[(at + 1) % FILES.length]!;
  return [[`${name} with ${other} behind`, Buffer.concat([bytes, behind])] as const];
});
const NOISE = Array.from(
  { length: 10 },
  (_, round) => [`noise, ${round}`, Buffer.from(random.bytes(20_000))] as const,
);
const NOISE_BEHIND_A_HEAD = FILES.map(
  ([name, bytes]) =>
    [
      `the first 100 bytes of ${name}, then noise`,
      Buffer.concat([bytes.subarray(0, 100), random.bytes(50_000)]),
    ] as const,
);

/** The items of these numbers. */
export const DAMAGE: readonly HostileItem[] = [
  ...itemsOf(7, [
    ...CUT,
    ...HEADLESS,
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(0xff)],
  ]),
  ...itemsOf(8, [
    ...FLIPPED,
    ['flac of another MD5', WRONG_MD5],
    ['flac with its middle gone', HALVED],
  ]),
  ...itemsOf(9, [...BEHIND, ...BEFORE, ...INSIDE, ...JOINED]),
  ...itemsOf(12, [...NOISE, ...NOISE_BEHIND_A_HEAD]),
];
