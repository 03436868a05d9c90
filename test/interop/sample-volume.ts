/** A volume of awkward names on the disk, and the search for the outside programs that judge it. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type Digest, sha256 } from '../../src/base/digest.ts';
import { realDisk } from '../../src/base/disk.ts';
import { startDurable } from '../../src/base/durable.ts';
import { parseSafePath } from '../../src/base/safe-path.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { type PieceHashes, startPieceHasher } from '../../src/formats/piece-hasher.ts';
import { planVolume, type VolumePlan } from '../../src/formats/volume-plan.ts';

/** A volume that was written. */
export interface SampleVolume {
  readonly file: string;
  readonly plan: VolumePlan;
  readonly hashes: PieceHashes;
  readonly payloads: ReadonlyMap<Digest, Uint8Array>;
}

const LONG_FOLDER = `${'Ünïcödé-'.repeat(12)}end`;
const NAMES: readonly [string, number][] = [
  ['Ana/01 Aurora.flac', 700_000],
  ['Björk/Jóga (live) [ab12cd34].opus', 16_384],
  ['Debussy/Clair de lune – Suite bergamasque.ogg', 16_385],
  [`${LONG_FOLDER}/${'deep/'.repeat(40)}${'x'.repeat(200)}.ogg`, 511],
  [`${`${'音楽'.repeat(40)}/`.repeat(5)}曲.opus`, 512],
  ['坂本 龍一/戦場のメリークリスマス.flac', 513],
  ['Эдуард Артемьев/Солярис.mp3', 1],
  ['emoji/🎵🎶 café.opus', 40_000],
  ["quotes/it's $HOME `x` %20 & more.ogg", 3],
  ['-dash/-rf', 100],
  ['empty/nothing.txt', 0],
];

/** The sample volume, written under `folder` in one pass that also hashes it in pieces of `pieceLengthBytes`. */
export function writeSampleVolume(folder: string, pieceLengthBytes = 256 * 1024): SampleVolume {
  const payloads = new Map<Digest, Uint8Array>();
  const members = NAMES.map(([name, sizeBytes], at) => {
    const bytes = seededRandom(at + 1).bytes(sizeBytes);
    const digest = sha256(bytes);
    payloads.set(digest, bytes);
    const credit = { licence: 'CC0-1.0', attribution: '', holder: '', ids: [], engine: null };
    return { ...credit, path: parseSafePath(name), digest, sizeBytes, kind: 'audio' as const };
  });
  const plan = planVolume({ tier: 'original', members });
  const file = path.join(folder, `${plan.name}.tar`);
  const writer = startDurable(realDisk, `${file}.tmp`);
  const hasher = startPieceHasher({ pieceLengthBytes });
  for (const segment of plan.segments()) {
    const bytes =
      segment.kind === 'bytes'
        ? segment.bytes
        : segment.kind === 'zeros'
          ? new Uint8Array(segment.sizeBytes)
          : payloads.get(segment.digest)!;
    writer.write(bytes);
    hasher.update(bytes);
  }
  writer.commit(file, { replace: false });
  return { file, plan, hashes: hasher.finish(), payloads };
}

/** Why a test that needs `command` is skipped, or false when the program answers. */
export function missing(command: string, args: readonly string[]): string | false {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return false;
  } catch {
    return `${command} ${args.join(' ').slice(0, 40)} does not run here`;
  }
}
