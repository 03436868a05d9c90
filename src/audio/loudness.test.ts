import assert from 'node:assert/strict';
import test from 'node:test';
import { type Loudness, startLoudness } from './loudness.ts';
import { tone } from './test-sounds.ts';

interface Stretch {
  readonly dbfs: number;
  readonly seconds: number;
}

/** The loudness of a stereo tone of 1 kHz that goes through `stretches`. */
function measured(stretches: readonly Stretch[], rateHz = 16_000): Loudness {
  const meter = startLoudness(rateHz, 2);
  for (const { dbfs, seconds } of stretches) {
    const amplitude = 10 ** (dbfs / 20);
    const samples = Math.round(seconds * rateHz);
    const { channels } = tone({ rateHz, samples, channels: 2, frequencyHz: 1000, amplitude });
    // Blocks of an odd size, as decoders give them.
    for (let at = 0; at < samples; at += 1777)
      meter.push(channels.map((channel) => channel.subarray(at, at + 1777)));
  }
  return meter.finish();
}

function near(seen: number | null, wanted: number, tolerance: number): void {
  assert.ok(seen !== null && Math.abs(seen - wanted) <= tolerance, `${seen}, wanted ${wanted}`);
}

/** EBU Tech 3341 table 1, tests 1 to 5, shortened where only the level matters. */
const INTEGRATED: [name: string, stretches: Stretch[], lufs: number][] = [
  ['a steady tone at -23', [{ dbfs: -23, seconds: 5 }], -23],
  ['a steady tone at -33', [{ dbfs: -33, seconds: 5 }], -33],
  [
    'quiet ends below the relative gate',
    [
      { dbfs: -36, seconds: 10 },
      { dbfs: -23, seconds: 20 },
      { dbfs: -36, seconds: 10 },
    ],
    -23,
  ],
  [
    'silent ends below the absolute gate',
    [
      { dbfs: -72, seconds: 10 },
      { dbfs: -36, seconds: 10 },
      { dbfs: -23, seconds: 20 },
      { dbfs: -36, seconds: 10 },
      { dbfs: -72, seconds: 10 },
    ],
    -23,
  ],
  [
    'levels within the gate',
    [
      { dbfs: -26, seconds: 10 },
      { dbfs: -20, seconds: 10.05 },
      { dbfs: -26, seconds: 10 },
    ],
    -23,
  ],
];

for (const [name, stretches, lufs] of INTEGRATED)
  test(`integrated loudness within 0.1 LU as EBU Tech 3341 asks: ${name}`, () => {
    near(measured(stretches).integratedLufs, lufs, 0.1);
  });

for (const rateHz of [8000, 22_050, 44_100, 96_000])
  test(`loudness does not depend on the rate: ${rateHz} Hz`, () => {
    near(measured([{ dbfs: -23, seconds: 5 }], rateHz).integratedLufs, -23, 0.1);
  });

/** EBU Tech 3342 table 1, tests 1 to 3. */
for (const [first, second, rangeLu] of [
  [-20, -30, 10],
  [-20, -15, 5],
  [-40, -20, 20],
] as const)
  test(`loudness range within 1 LU as EBU Tech 3342 asks: ${rangeLu} LU`, () => {
    const stretches = [first, second].map((dbfs) => ({ dbfs, seconds: 20 }));
    near(measured(stretches).rangeLu, rangeLu, 1);
  });

/** EBU Tech 3341 tests 15 to 18: a tone at a quarter of the rate whose samples miss the crest. */
for (const [frequency, phase, wanted] of [
  [1 / 4, 0, -6],
  [1 / 4, Math.PI / 4, -6],
  [1 / 6, Math.PI / 3, -6],
  [1 / 8, (Math.PI * 3) / 8, -6],
] as const)
  test(`true peak between the samples at ${frequency.toFixed(3)} of the rate, phase ${phase.toFixed(2)}`, () => {
    const wave = Float32Array.from(
      { length: 48_000 },
      // Faded, since a tone that starts or ends at once overshoots between its samples there.
      (_, at) =>
        Math.min(0.5, at / 2000, (48_000 - at) / 2000) *
        Math.sin(2 * Math.PI * frequency * at + phase),
    );
    const meter = startLoudness(48_000, 1);
    for (let at = 0; at < wave.length; at += 1000) meter.push([wave.subarray(at, at + 1000)]);
    const { truePeakDbtp } = meter.finish();
    assert.ok(truePeakDbtp! <= wanted + 0.25 && truePeakDbtp! >= wanted - 0.4, `${truePeakDbtp}`);
  });

test('a single full sample is its own peak', () => {
  const meter = startLoudness(48_000, 1);
  const click = new Float32Array(1000);
  click[999] = -1;
  meter.push([click]);
  const { samplePeakDbfs, truePeakDbtp } = meter.finish();
  assert.equal(samplePeakDbfs, 0);
  assert.ok(truePeakDbtp! >= 0);
});

test('silence and very short sound have no loudness, and a number that is none does no harm', () => {
  const silent = startLoudness(48_000, 2);
  silent.push([new Float32Array(48_000), new Float32Array(48_000)]);
  assert.deepEqual(silent.finish(), {
    integratedLufs: null,
    rangeLu: null,
    samplePeakDbfs: null,
    truePeakDbtp: null,
    histogram: '',
  });
  const broken = startLoudness(48_000, 1);
  const samples = Float32Array.from(
    tone({ rateHz: 48_000, samples: 48_000, channels: 1 }).channels[0]!,
  );
  samples[100] = Number.NaN;
  broken.push([samples]);
  near(broken.finish().integratedLufs, -9.03, 0.2);
});
