import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contrast, darkRules, GROUND, SERIES, TINTS, wordsUpon } from './palette.ts';

/** What a colour looks like without one kind of cone, as matrices over linear RGB (Machado and others 2009). */
const EYES: Readonly<Record<string, readonly (readonly number[])[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const SCHEMES = ['light', 'dark'] as const;

describe('the colours of pictures', () => {
  for (const scheme of SCHEMES) {
    test(`words and series stand out from the sheet, ${scheme}`, () => {
      const sheet = GROUND.sheet[scheme];
      for (const words of [GROUND.ink, GROUND.soft, GROUND.mark])
        assert.ok(contrast(words[scheme], sheet) >= 4.5, words[scheme]);
      for (const series of SERIES)
        assert.ok(
          contrast(series[scheme], sheet) >= 3,
          `${series[scheme]} ${contrast(series[scheme], sheet)}`,
        );
    });

    test(`numbers stand out from every tint and series, ${scheme}`, () => {
      for (const tone of [...TINTS, ...SERIES]) {
        const ratio = contrast(wordsUpon(tone)[scheme], tone[scheme]);
        assert.ok(ratio >= 4.5, `${tone[scheme]}: ${ratio}`);
      }
    });

    for (const [eye, matrix] of Object.entries(EYES))
      test(`the first five series are told apart by ${eye} eyes, ${scheme}`, () => {
        const seen = SERIES.slice(0, 5).map((tone) => oklab(through(matrix, linear(tone[scheme]))));
        for (const [at, one] of seen.entries())
          for (const other of seen.slice(at + 1)) {
            const distance = Math.hypot(...one.map((part, axis) => part - other[axis]!));
            assert.ok(distance > 0.07, `${SERIES[at]![scheme]} at ${distance.toFixed(3)}`);
          }
      });
  }

  test('no colour of the day is that of two roles', () => {
    const rules = darkRules('.x').match(/\[fill="[^"]+"\]/g)!;
    assert.equal(new Set(rules).size, rules.length);
  });
});

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

function through(matrix: readonly (readonly number[])[], colour: readonly number[]): number[] {
  return matrix.map((row) =>
    Math.max(
      0,
      row.reduce((sum, part, at) => sum + part * colour[at]!, 0),
    ),
  );
}

/** https://bottosson.github.io/posts/oklab/ */
function oklab([red = 0, green = 0, blue = 0]: readonly number[]): number[] {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
