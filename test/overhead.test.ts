/** How much larger a volume is than what it holds: by the planner, over sizes as songs have them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '../src/base/digest.ts';
import { parseSafePath } from '../src/base/safe-path.ts';
import { type SeededRandom, seededRandom } from '../src/base/seeded-random.ts';
import { planVolume, type VolumePlanMember } from '../src/formats/volume-plan.ts';

const MEMBERS = 2000;

/** Lengths of songs scatter round their mean: half of them within a third of it, a few at three times. */
function songBytes(random: SeededRandom, meanBytes: number): number {
  const parts = Array.from({ length: 4 }, () => random.below(2 ** 20) / 2 ** 20);
  // A mean of four is bell-shaped round a half; the square makes the long tail, the factor gives the mean back.
  const bell = parts.reduce((sum, part) => sum + part, 0) / 4;
  return Math.round((meanBytes * (bell ** 2 + 0.02)) / 0.2908);
}

function members(meanBytes: number, isDerived: boolean): VolumePlanMember[] {
  const random = seededRandom(meanBytes);
  const sourceDigest = sha256('source');
  const settings = { bitrateKbps: 75, application: 'audio', complexity: 10, vbr: true };
  const engine = { engine: 'libopus', build: 'libopus-wasm 0.4.0 (libopus 1.5.2)', settings };
  return Array.from({ length: MEMBERS }, (_, at) => ({
    path: parseSafePath(
      `The Artist of a Middling Name ${at % 150}/An Album (2017) ${at % 300}/${at} A Title of Some Words [0123abcd].${isDerived ? 'opus' : 'ogg'}`,
    ),
    digest: sha256(`${at}`),
    sizeBytes: songBytes(random, meanBytes),
    kind: 'audio' as const,
    licence: 'CC-BY-4.0',
    licenceUrl: 'https://creativecommons.org/licenses/by/4.0/',
    attribution: `The Artist of a Middling Name, “A Title of Some Words”, CC BY 4.0`,
    holder: 'The Artist of a Middling Name',
    ids: ['isrc:ITXXX2600001', `local:${sha256(`${at}`).slice(0, 24)}`],
    engine: isDerived ? { ...engine, sourceDigest } : null,
  }));
}

describe('the overhead of a volume', () => {
  const rows = [
    ['original', 3_500_000, 0.0035],
    ['opus', 1_800_000, 0.007],
  ] as const;
  for (const [tier, meanBytes, most] of rows)
    test(`of ${MEMBERS} ${tier} songs of ${meanBytes / 1e6} MB is below ${most * 100} %`, (t) => {
      const list = members(meanBytes, tier === 'opus');
      const payloadBytes = list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const mean = payloadBytes / MEMBERS;
      assert(Math.abs(mean / meanBytes - 1) < 0.03, `a mean of ${mean}`);
      const { totalBytes } = planVolume({ tier, members: list });
      const overhead = totalBytes / payloadBytes - 1;
      t.diagnostic(`${(overhead * 100).toFixed(3)} % of ${payloadBytes} bytes`);
      assert(overhead > 0 && overhead < most, `${overhead}`);
    });
});
