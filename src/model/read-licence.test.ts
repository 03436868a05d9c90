import assert from 'node:assert/strict';
import { test } from 'node:test';
import { licenceTerms } from './licence.ts';
import {
  parseLicence,
  reservesRights,
  speaksOfLicence,
  withoutReservation,
} from './read-licence.ts';

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
    ['constructor', undefined],
    ['__proto__', undefined],
    ['All rights reserved', undefined],
    ['CC BY 9.9', undefined],
    ['https://rightsstatements.org/vocab/Nope/1.0/', undefined],
    ['', undefined],
  ];
  for (const [text, id] of rows) assert.equal(parseLicence(text), id, text);
});

const BY = 'https://creativecommons.org/licenses/by/4.0/';
const NC = 'https://creativecommons.org/licenses/by-nc-nd/4.0/';
const ZERO = 'https://creativecommons.org/publicdomain/zero/1.0/';

test('an address counts behind words that say what it is', () => {
  const rows: readonly (readonly [text: string, id: string])[] = [
    [`<${BY}>`, 'CC-BY-4.0'],
    [`${BY}legalcode`, 'CC-BY-4.0'],
    [`${BY}deed.en`, 'CC-BY-4.0'],
    [`${ZERO}?ref=chooser-v1`, 'CC0-1.0'],
    ['www.creativecommons.org/licenses/by-sa/2.5/scotland/', 'CC-BY-SA-2.5'],
    [`2019 Ana. ${BY}`, 'CC-BY-4.0'],
    [`Licensed under ${BY}`, 'CC-BY-4.0'],
    [`License: ${BY}`, 'CC-BY-4.0'],
    [
      `This work is licensed under a Creative Commons Attribution 4.0 International License: ${BY}`,
      'CC-BY-4.0',
    ],
    [
      `This work is licensed under a Creative Commons Attribution 4.0 International License. To view a copy of this license, visit ${BY} or send a letter to Creative Commons, PO Box 1866.`,
      'CC-BY-4.0',
    ],
    [
      `© 2020 Ana & Bo. This album is released under the CC BY-NC-ND 4.0 (${NC}).`,
      'CC-BY-NC-ND-4.0',
    ],
    [`Attribution-NonCommercial-NoDerivatives 4.0: ${NC}`, 'CC-BY-NC-ND-4.0'],
    [`Licensed to the public under ${BY} verify at ${BY}`, 'CC-BY-4.0'],
    [`Verify at ${BY}`, 'CC-BY-4.0'],
  ];
  for (const [text, id] of rows) assert.equal(parseLicence(text), id, text);
});

test('what leaves a doubt names no licence, and is not passed over either', () => {
  const doubtful = [
    `Music ${NC} - artwork ${ZERO}`,
    `Licensed under ${NC}, once ${BY}`,
    `not licensed under ${BY}`,
    `This work is not licensed under ${BY}`,
    `This work isn't licensed under ${BY}`,
    `All rights reserved. Lyrics only: ${BY}`,
    `All rights reserved. Licensed under ${BY}`,
    `© 2020 Ana. Lyrics licensed under ${BY}`,
    `Licensed under ${BY} for the artwork`,
    `Licensed under Attribution-NonCommercial 4.0: ${BY}`,
    `The drums are licensed under ${BY}`,
    `see ${BY}`,
    `${BY} for the bass`,
    `Licensed under https://creativecommons.org/licenses/by/9.9/ or ${BY}`,
    `${BY} ${'x'.repeat(1000)}`,
  ];
  for (const text of doubtful) {
    assert.equal(parseLicence(text), undefined, text);
    assert.ok(speaksOfLicence(text), text);
  }
  for (const text of [
    `https://example.com/?u=${BY}`,
    'https://example.com/?u=creativecommons.org/licenses/by/4.0/',
    'http://creativecommons.org.example.com/licenses/by/4.0/',
    'https://rightsstatements.org/vocab/NoC-NC/1.0/ but for the artwork',
    `${BY}${' '.repeat(5000)}x`,
  ])
    assert.equal(parseLicence(text), undefined, text);
});

test('a notice of any length is read in no time', () => {
  for (const text of ['this work is ', '© 2019, ', 'licensed under a cc ', '(((', 'a.b, '].map(
    (part) => part.repeat(2000 / part.length),
  )) {
    const startMs = performance.now();
    parseLicence(`${text}${BY}`.slice(-2000));
    assert.ok(performance.now() - startMs < 200, text.slice(0, 20));
  }
});

test('a reservation is known in the words people use, and taken out of a notice', () => {
  const rows: readonly (readonly [text: string, rest: string])[] = [
    ['(C) 2020 Big Label. All rights reserved.', '(C) 2020 Big Label '],
    ['All Rights Reserved 2020 Label', ' 2020 Label'],
    ['Ana – alle Rechte vorbehalten', 'Ana '],
    ['Ana, tous droits réservés', 'Ana '],
  ];
  for (const [text, rest] of rows) {
    assert.equal(reservesRights(text), true, text);
    assert.equal(withoutReservation(text), rest, text);
  }
  assert.equal(reservesRights('Some rights reserved'), false);
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
