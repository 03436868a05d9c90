/**
 * Files with edits, by the thousand, through the real sandbox: none escapes, hangs or costs another file its answer.
 *
 * A seed gives the same files again; it is printed, and a file that breaks a promise is named by its number so that
 * `FONOTECA_MUTANT_SEED=S FONOTECA_MUTANT_FIRST=N FONOTECA_MUTANTS=1` runs it alone. `.ci/soak --only mutants` tries more.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openAudioDoor } from '../../src/audio/door.ts';
import { sourceOf } from '../../src/audio/test-sounds.ts';
import { mapBounded } from '../../src/base/bounded-queue.ts';
import { sha256 } from '../../src/base/digest.ts';
import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { mutateBytes } from '../fuzz/mutations.ts';
import { roundsOf } from '../support/counts.ts';
import { SOUNDS, type SoundName } from './corpus/sounds.ts';

const MUTANTS = roundsOf('MUTANTS', 1600);
const SEED = roundsOf('MUTANT_SEED', 4);
const FIRST = roundsOf('MUTANT_FIRST', 1);
const NAMES = Object.keys(SOUNDS) as SoundName[];
const TOKENS = [
  'OggS',
  'fLaC',
  'RIFF',
  'data',
  'SSND',
  'COMM',
  'ID3',
  'APETAGEX',
  'vorbis',
  'OpusHead',
  'Xing',
];
const GOOD_EVERY = 25;
const LONGEST_MS = 60_000;
/** Of a second of each sound: as much is to be edited as to be read. */
const SOUND_BYTES = 12_000;

interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isGood: boolean;
}

interface Outcome {
  readonly name: string;
  readonly codes: readonly string[];
  readonly tookMs: number;
  readonly isWhole: boolean;
}

function caseOf(number: number): Case {
  const random = seededRandom(SEED * 1_000_003 + number);
  const name = random.pick(NAMES);
  if (number % GOOD_EVERY === 0)
    return { name: `${number} ${name}, whole`, bytes: SOUNDS[name], isGood: true };
  const whole = SOUNDS[name];
  const isShort = random.below(2) === 0;
  const sound = isShort ? whole.subarray(0, SOUND_BYTES) : whole;
  const other = SOUNDS[random.pick(NAMES)].subarray(0, SOUND_BYTES);
  const bytes = mutateBytes(sound, random, { tokens: TOKENS, other });
  return { name: `${number} ${name}`, bytes, isGood: false };
}

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

async function outcomeOf({ name, bytes, isGood }: Case): Promise<Outcome> {
  const start = performance.now();
  const inspected = await door.inspect(sourceOf(bytes), { subject: name, measure: true });
  const encoded = await door.encodeOpus(sourceOf(bytes), { subject: name, tags: [] });
  const codes: string[] = [];
  if (!inspected.ok) codes.push(inspected.finding.code);
  else {
    // A worker cannot make the door believe that it was given other bytes.
    assert.equal(inspected.value.sourceDigest, sha256(bytes), name);
    const { reading, unmeasured } = inspected.value;
    if (reading.verdict.code) codes.push(reading.verdict.code);
    codes.push(...reading.warnings.map(({ code }) => code));
    if (unmeasured) codes.push(unmeasured.code);
  }
  if (!encoded.ok) codes.push(encoded.finding.code);
  const isWhole =
    isGood &&
    codes.length === 0 &&
    inspected.ok &&
    inspected.value.reading.verdict.state === 'intact';
  return { name, codes, tookMs: performance.now() - start, isWhole };
}

describe('edited files through the real sandbox', () => {
  test(`${MUTANTS} of them, seed ${SEED}: each gets its answer, and whole files between them are whole`, async (t) => {
    const cases = Array.from({ length: MUTANTS }, (_, at) => caseOf(FIRST + at));
    const outcomes: Outcome[] = [];
    for await (const outcome of mapBounded(cases, { concurrency: 2, ordered: true }, outcomeOf))
      outcomes.push(outcome);
    assert.equal(outcomes.length, MUTANTS);
    const good = outcomes.filter((_, at) => cases[at]!.isGood);
    assert.deepEqual(
      good.filter(({ isWhole }) => !isWhole),
      [],
    );
    const all = outcomes.flatMap(({ codes }) => codes);
    assert.deepEqual(
      all.filter((code) => !(code in ERROR_CATALOGUE)),
      [],
    );
    const ended = outcomes.filter(({ codes }) =>
      codes.some((code) => code.startsWith('SUBPROCESS')),
    );
    for (const { name, codes } of ended)
      t.diagnostic(`ended its worker: ${name}: ${codes.join(', ')}`);
    const slowest = outcomes.toSorted((a, b) => b.tookMs - a.tookMs)[0]!;
    const answered = outcomes.filter(({ codes }) => codes.length > 0).length;
    t.diagnostic(
      `${MUTANTS} files, ${good.length} whole, ${answered} refused or told of, ${ended.length} ended a worker, slowest ${Math.round(slowest.tookMs)} ms (${slowest.name})`,
    );
    assert.ok(slowest.tookMs < LONGEST_MS);
    // One that ends its worker is contained, yet so many would be a fault of a reader.
    assert.ok(ended.length <= MUTANTS / 100);
  });
});
