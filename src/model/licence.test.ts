import assert from 'node:assert/strict';
import { test } from 'node:test';
import { licenceTerms } from './licence.ts';

test('conditions and derivation follow the parts of a Creative Commons id', () => {
  assert.deepEqual(licenceTerms('CC-BY-NC-SA-4.0')?.conditions, [
    'attribution',
    'share-alike',
    'non-commercial',
  ]);
  assert.equal(licenceTerms('CC-BY-ND-3.0-US')?.derive, false);
  assert.equal(
    licenceTerms('CC-BY-3.0-US')?.url,
    'https://creativecommons.org/licenses/by/3.0/us/',
  );
  for (const unknown of ['CC-BY-9.0', 'LicenseRef-x', 'toString', ''])
    assert.equal(licenceTerms(unknown), undefined, unknown);
});
