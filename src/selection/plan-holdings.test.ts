import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { UNKNOWN_RIGHTS } from '../model/rights.ts';
import type { Candidate } from './candidate.ts';
import { type PlanOptions, planHoldings } from './plan-holdings.ts';

const OPTIONS: PlanOptions = {
  policy: 'default',
  budgetBytes: null,
  secondaryCutoff: 0,
  day: '2026-01-01',
  tail: 'opus',
  opusBitrateKbps: 75,
};
const CC0 = { ...UNKNOWN_RIGHTS, licence: 'CC0-1.0' };

interface Sample {
  readonly popularity?: number | null;
  readonly licence?: string | null;
  readonly damaged?: boolean;
  readonly audio?: string;
  readonly bitrateKbps?: number;
  readonly trackId?: string;
  readonly packed?: boolean;
  readonly sizeBytes?: number;
  readonly refused?: string;
}

let made = 0;
function candidate(sample: Sample): Candidate {
  made += 1;
  const digest = sha256(`holding ${made}`);
  const { popularity = null, licence = 'CC0-1.0' } = sample;
  return {
    holding: {
      digest,
      sizeBytes: sample.sizeBytes ?? 4_000_000,
      kind: 'audio',
      extension: 'flac',
      mimeType: 'audio/flac',
      trackId: sample.trackId ?? `local:${digest.slice(0, 24)}`,
      albumId: 'local:a',
      role: null,
      verdict: sample.damaged
        ? { state: 'damaged', code: 'AUDIO_OGG_CRC', detail: 'page 3' }
        : { state: 'intact' },
      technical: {
        format: 'flac',
        channels: 2,
        sampleRateHz: 44_100,
        durationMs: 180_000,
        bitrateKbps: sample.bitrateKbps ?? 800,
        audioDigest: sha256(sample.audio ?? digest),
      },
      description: null,
      rights: { ...CC0, licence },
    },
    seq: made,
    description: {
      title: `T${made}`,
      artist: 'A',
      popularity:
        popularity === null ? null : { value: popularity, origin: 'test', method: 'as given' },
      from: 'table',
    },
    packedOriginal: sample.packed ?? false,
    derivativeBytes: undefined,
    derivativePacked: false,
    encodeRefusal: sample.refused,
    dropped: false,
  };
}

const fate = (sample: Sample, options: Partial<PlanOptions> = {}) => {
  const [entry] = planHoldings([candidate(sample)], { ...OPTIONS, ...options }).entries;
  return entry!.tier ?? `skipped:${entry!.reason}`;
};

test('each kind of holding has its tier or its reason', () => {
  const rows: [Sample, string][] = [
    [{ popularity: 50 }, 'original'],
    [{ popularity: 0 }, 'opus'],
    [{ popularity: null }, 'original'],
    [{ popularity: 0, bitrateKbps: 80 }, 'original'],
    [{ popularity: 0, licence: 'CC-BY-ND-4.0' }, 'original'],
    [{ popularity: 0, refused: 'AUDIO_BUDGET' }, 'original'],
    [{ popularity: 0, packed: true }, 'original'],
    [{ popularity: 90, damaged: true }, 'skipped:damaged'],
    [{ popularity: 90, licence: null }, 'skipped:no-right'],
    [{ popularity: 90, licence: 'LicenseRef-mine' }, 'skipped:no-right'],
  ];
  for (const [sample, wanted] of rows) assert.equal(fate(sample), wanted, JSON.stringify(sample));
  assert.equal(fate({ popularity: 0 }, { tail: 'original' }), 'original');
});

test('popularity decides the order, unknown comes after 0, and a damaged or right-less one costs nothing', () => {
  const plan = planHoldings(
    [null, 0, 5, 90].map((popularity) => candidate({ popularity })),
    OPTIONS,
  );
  assert.deepEqual(
    plan.entries.map(({ because }) => /\d+|unknown/.exec(because)![0]),
    ['90', '5', '0', 'unknown'],
  );
  assert.equal(
    planHoldings([candidate({ damaged: true }), candidate({ licence: null })], OPTIONS)
      .plannedBytes,
    0,
  );
});

test('the same audio of popularity 0 is kept once, of higher popularity each time', () => {
  const tail = planHoldings(
    [candidate({ popularity: 0, audio: 'same' }), candidate({ popularity: 0, audio: 'same' })],
    OPTIONS,
  );
  assert.deepEqual(
    tail.entries.map(({ reason }) => reason).sort(),
    [null, 'same-recording-held'].sort(),
  );
  const head = planHoldings(
    [candidate({ popularity: 9, audio: 'same' }), candidate({ popularity: 9, audio: 'same' })],
    OPTIONS,
  );
  assert.deepEqual(
    head.entries.map(({ tier }) => tier),
    ['original', 'original'],
  );
});

test('a re-tagged file stands back behind the packed one, and before an unpacked older one', () => {
  const old = candidate({ trackId: 'local:x', packed: true });
  const retagged = candidate({ trackId: 'local:x' });
  const tierOf = (candidates: Candidate[], one: Candidate) =>
    planHoldings(candidates, OPTIONS).entries.find(({ digest }) => digest === one.holding.digest)!
      .tier;
  assert.equal(tierOf([old, retagged], old), 'original');
  assert.equal(tierOf([old, retagged], retagged), null);
  const unpacked = { ...old, packedOriginal: false };
  assert.equal(tierOf([unpacked, retagged], unpacked), null);
  assert.equal(tierOf([unpacked, retagged], retagged), 'original');
});

test('never over budget, every holding has one entry, order of arrival changes nothing, more budget never drops', () => {
  const random = seededRandom(20_260_101);
  for (let round = 0; round < 60; round += 1) {
    const candidates = Array.from({ length: 25 }, () =>
      candidate({
        popularity: [null, 0, 0, 3, 40, 90][random.below(6)] ?? null,
        licence: random.below(5) === 0 ? null : 'CC0-1.0',
        damaged: random.below(8) === 0,
        audio: `audio ${random.below(20)}`,
        packed: random.below(6) === 0,
        sizeBytes: 1 + random.below(9_000_000),
      }),
    );
    const floor = planHoldings(
      candidates.filter(({ packedOriginal }) => packedOriginal),
      OPTIONS,
    ).plannedBytes;
    const small = planHoldings(candidates, { ...OPTIONS, budgetBytes: floor + 20_000_000 });
    const large = planHoldings(candidates, { ...OPTIONS, budgetBytes: floor + 60_000_000 });
    assert.ok(small.plannedBytes <= floor + 20_000_000);
    assert.equal(new Set(small.entries.map(({ digest }) => digest)).size, 25);
    assert.equal(small.entries.length, 25);
    assert.ok(small.entries.every(({ tier, reason }) => (tier === null) !== (reason === null)));
    assert.deepEqual(
      planHoldings([...candidates].reverse(), { ...OPTIONS, budgetBytes: floor + 20_000_000 }),
      small,
    );
    const kept = new Set(
      large.entries.filter(({ tier }) => tier !== null).map(({ digest }) => digest),
    );
    for (const entry of small.entries) if (entry.tier !== null) assert.ok(kept.has(entry.digest));
  }
});
