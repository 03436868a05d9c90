import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import {
  attributionOf,
  decide,
  decideDerivative,
  decideDistribution,
  type Rights,
  rightsSchema,
  UNKNOWN_RIGHTS,
  USES,
} from './rights.ts';

const DAY = '2026-06-01';
const rights = (part: Partial<Rights>): Rights => ({ ...UNKNOWN_RIGHTS, ...part });

test('each licence and each word of the operator decides each use', () => {
  const rows: readonly (readonly [Partial<Rights>, allowed: string])[] = [
    [{}, 'hold'],
    [{ licence: 'CC0-1.0' }, 'hold stream distribute derive'],
    [{ licence: 'CC-BY-SA-3.0' }, 'hold stream distribute derive'],
    [{ licence: 'CC-BY-ND-4.0' }, 'hold stream distribute'],
    [{ licence: 'CC-BY-NC-ND-2.5' }, 'hold stream distribute'],
    [{ licence: 'GPL-2.0-or-later' }, 'hold stream distribute derive'],
    [{ licence: 'LicenseRef-of-mine' }, 'hold'],
    [{ licence: 'Proprietary' }, 'hold'],
    [{ licence: 'http://rightsstatements.org/vocab/InC/1.0/' }, 'hold'],
    [{ licence: 'http://rightsstatements.org/vocab/NoC-US/1.0/' }, 'hold'],
    [{ licence: 'CC0-1.0', dark: true }, 'hold'],
    [{ licence: 'CC0-1.0', embargoUntil: '2026-06-02' }, 'hold'],
    [{ licence: 'CC0-1.0', embargoUntil: DAY }, 'hold stream distribute derive'],
    [{ licence: 'CC0-1.0', places: ['DE'] }, 'hold'],
    [{ licence: 'CC0-1.0', uses: { distribute: false } }, 'hold stream derive'],
    [{ licence: null, uses: { stream: true } }, 'hold stream'],
    [{ licence: 'CC0-1.0', uses: { train: true } }, 'hold stream distribute derive train'],
    [{ licence: 'CC0-1.0', uses: { hold: false } }, 'stream distribute derive'],
  ];
  for (const [part, wanted] of rows) {
    const allowed = USES.filter((use) => decide(rights(part), use, 'everywhere', DAY).allowed);
    assert.equal(allowed.join(' '), wanted, JSON.stringify(part));
  }
});

test('a place inside the right is served, and everywhere is not a place', () => {
  const german = rights({ licence: 'CC0-1.0', places: ['DE', 'AT'] });
  assert.equal(decide(german, 'stream', 'DE', DAY).allowed, true);
  assert.equal(decide(german, 'stream', 'FR', DAY).allowed, false);
  assert.equal(decideDistribution(german, DAY).allowed, false);
});

test('a re-encoding is published only where both distribution and derivation are allowed', () => {
  assert.equal(decideDerivative(rights({ licence: 'CC-BY-4.0' }), DAY).allowed, true);
  assert.match(
    decideDerivative(rights({ licence: 'CC-BY-ND-4.0' }), DAY).because,
    /no adapted copies/,
  );
  assert.match(
    decideDerivative(rights({ licence: 'CC0-1.0', uses: { distribute: false } }), DAY).because,
    /refused by the operator/,
  );
});

test('the decision is total: any rights the schema lets in have an answer with a reason, and unknown is never free', () => {
  const random = seededRandom(7);
  const licences = [
    null,
    'CC0-1.0',
    'CC-BY-NC-3.0-DE',
    'x',
    'LicenseRef-a',
    'http://rightsstatements.org/vocab/UND/1.0/',
  ];
  for (let round = 0; round < 500; round += 1) {
    const any = rightsSchema.parse({
      licence: random.pick(licences),
      holder: null,
      attribution: null,
      evidence: [],
      dark: random.below(4) === 0,
      uses: random.below(3) === 0 ? { [random.pick(USES)]: random.below(2) === 0 } : {},
      ...(random.below(4) === 0 ? { embargoUntil: random.pick(['2020-01-01', '2030-01-01']) } : {}),
      ...(random.below(4) === 0 ? { places: [random.pick(['DE', 'FR'])] } : {}),
    });
    for (const use of USES) {
      const { allowed, because } = decide(any, use, random.pick(['everywhere', 'DE']), DAY);
      assert.ok(because.length > 3);
      if (use !== 'hold' && any.licence === null && any.uses[use] !== true)
        assert.equal(allowed, false, JSON.stringify(any));
      if (use !== 'hold' && any.dark) assert.equal(allowed, false);
    }
  }
});

test('the credit is the recorded one, else the holder with the licence', () => {
  assert.equal(attributionOf(rights({ attribution: 'Ana, live', holder: 'Ana' })), 'Ana, live');
  assert.equal(attributionOf(rights({ holder: 'Ana', licence: 'CC-BY-4.0' })), 'Ana, CC-BY-4.0');
  assert.equal(attributionOf(rights({})), '');
});
