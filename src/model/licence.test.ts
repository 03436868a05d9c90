import assert from 'node:assert/strict';
import { test } from 'node:test';
import { licenceTerms, parseLicence } from './licence.ts';

test('the texts and addresses in which people write licences are read', () => {
  const rows: readonly (readonly [text: string, id: string | undefined])[] = [
    ['CC0-1.0', 'CC0-1.0'],
    ['cc0', 'CC0-1.0'],
    ['cc-by-sa-3.0', 'CC-BY-SA-3.0'],
    ['CC BY-SA 3.0', 'CC-BY-SA-3.0'],
    ['Creative Commons BY-NC-ND 4.0', 'CC-BY-NC-ND-4.0'],
    ['http://creativecommons.org/licenses/by/3.0/', 'CC-BY-3.0'],
    ['https://creativecommons.org/licenses/by-nc-sa/3.0/de/', 'CC-BY-NC-SA-3.0-DE'],
    [
      '2008 Ana. Licensed to the public under https://creativecommons.org/licenses/by-sa/2.5/ verify at https://example.org',
      'CC-BY-SA-2.5',
    ],
    ['https://creativecommons.org/publicdomain/zero/1.0/', 'CC0-1.0'],
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['gpl-2.0-or-later', 'GPL-2.0-or-later'],
    ['LicenseRef-label-2019', 'LicenseRef-label-2019'],
    [
      'https://rightsstatements.org/page/InC/1.0/?language=en',
      'http://rightsstatements.org/vocab/InC/1.0/',
    ],
    ['GPL', undefined],
    ['All rights reserved', undefined],
    ['CC BY 9.9', undefined],
    ['https://rightsstatements.org/vocab/Nope/1.0/', undefined],
    ['', undefined],
  ];
  for (const [text, id] of rows) assert.equal(parseLicence(text), id, text);
});

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

test('what is read as a licence has known terms, but for references', () => {
  for (const text of [
    'CC0',
    'GPL-3+',
    'CC BY 4.0',
    'public domain',
    'MIT',
    'https://rightsstatements.org/vocab/CNE/1.0/',
  ]) {
    assert.notEqual(licenceTerms(parseLicence(text)!), undefined, text);
  }
});
