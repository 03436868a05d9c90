/** How the texts that speak of one file are weighed against one another. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { TagRight } from './read-audio.ts';
import { recordedTags, resolveRights } from './resolve-rights.ts';

const BY = 'https://creativecommons.org/licenses/by/4.0/';
const NC = 'https://creativecommons.org/licenses/by-nc-nd/4.0/';
const ZERO = 'https://creativecommons.org/publicdomain/zero/1.0/';
const NOTHING = {
  row: null,
  statement: null,
  dark: false,
  before: null,
  seenAt: '2026-01-01T00:00:00Z',
};
const licence = (text: string): TagRight => ({ field: 'LICENSE', text });
const notice = (text: string): TagRight => ({ field: 'COPYRIGHT', text });

test('the holder is the name in a copyright notice, however it stands there', () => {
  for (const [text, holder] of [
    ['© 2019 Ana', 'Ana'],
    ['Copyright (c) 2001-2004, Ana & Bo', 'Ana & Bo'],
    ['Timothy Pinkham (C)2005', 'Timothy Pinkham'],
    [`2019 Ana. ${BY}`, 'Ana.'],
    ['Studio 1999 Records', 'Studio 1999 Records'],
    ['(C) 2020 Big Label. All rights reserved.', 'Big Label'],
    ['All rights reserved 2020 Label', 'Label'],
    ['All rights reserved', null],
    ['1984', null],
    [BY, null],
  ] as const) {
    const nothing = { row: null, statement: null, dark: false, before: null };
    const tags = [{ field: 'COPYRIGHT' as const, text }];
    const { rights } = resolveRights('a', { ...nothing, tags, seenAt: '2026-01-01T00:00:00Z' });
    assert.equal(rights.holder, holder, text);
  }
});

test('of the texts of one file none wins over another that says something else', () => {
  const reserved = notice('© 2020 Label. All rights reserved.');
  const cases: readonly (readonly [tags: TagRight[], licence: string | null, code?: string])[] = [
    [[licence(BY), licence('CC-BY-4.0')], 'CC-BY-4.0'],
    [[licence(BY), notice('© 2020 Ana')], 'CC-BY-4.0'],
    [[licence('GPL'), licence('GPL-2.0-or-later')], 'GPL-2.0-or-later'],
    [[licence('All rights reserved'), notice('CC0-1.0')], null, 'RIGHTS_CONFLICT'],
    [[licence('CC0-1.0'), notice('CC-BY-NC-ND-4.0')], null, 'RIGHTS_CONFLICT'],
    [[licence(NC), licence(ZERO)], null, 'RIGHTS_CONFLICT'],
    [[licence(ZERO), reserved], null, 'RIGHTS_CONFLICT'],
    [[licence('ask me'), notice(`Licensed under ${BY}`)], null, 'RIGHTS_CONFLICT'],
    [[licence(BY), notice(`Music ${BY}, artwork ${ZERO}`)], null, 'RIGHTS_CONFLICT'],
    [[notice(`Music ${NC} - artwork ${ZERO}`)], null, 'RIGHTS_LICENCE_UNREADABLE'],
    [[licence(`not licensed under ${BY}`)], null, 'RIGHTS_LICENCE_UNREADABLE'],
    [[reserved], null, 'RIGHTS_LICENCE_UNREADABLE'],
    [
      Array.from({ length: 16 }, (_, at) => licence(at < 15 ? `${BY}?${at}` : NC)),
      null,
      'RIGHTS_CONFLICT',
    ],
  ];
  for (const [tags, wanted, code] of cases) {
    const said = JSON.stringify(tags);
    const { rights, findings } = resolveRights('a', { ...NOTHING, tags });
    assert.equal(rights.licence, wanted, said);
    assert.deepEqual(
      findings.map((one) => one.code),
      code === undefined ? [] : [code, 'RIGHTS_UNKNOWN'],
      said,
    );
    const statement = { licence: 'CC0-1.0', holder: null, evidence: [] };
    const again = resolveRights('a', { ...NOTHING, tags: recordedTags(rights), statement });
    assert.equal(again.rights.licence, wanted, `by what was recorded, against --licence: ${said}`);
  }
});

test('a row over a file that contradicts itself or reserves its rights is told', () => {
  const row = { cells: { licence: 'CC0-1.0' }, evidence: null, tableSha256: undefined };
  for (const tags of [
    [notice('© 2020 Label. All rights reserved.')],
    [licence(BY), licence(NC)],
    [licence(BY)],
  ]) {
    const { rights, findings } = resolveRights('a', { ...NOTHING, row, tags });
    assert.equal(rights.licence, 'CC0-1.0');
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['RIGHTS_CONFLICT'],
    );
    assert.match(findings[0]!.seen, /^the table: CC0-1\.0; its tags: /);
  }
});

test('a tag that names only the family is made precise by --licence; any other unreadable words stand against it', () => {
  const statement = { licence: 'GPL-2.0-or-later', holder: null, evidence: [] };
  const base = { row: null, dark: false, before: null, seenAt: '2026-01-01T00:00:00Z' };
  const rows: readonly (readonly [text: string, stated: string, licence: string | null])[] = [
    ['GPL', 'GPL-2.0-or-later', 'GPL-2.0-or-later'],
    ['the GNU GPL', 'GPL-3.0-only', 'GPL-3.0-only'],
    ['Creative Commons', 'CC-BY-SA-3.0', 'CC-BY-SA-3.0'],
    ['CC BY', 'CC-BY-SA-3.0', null],
    ['LGPL', 'GPL-2.0-or-later', null],
    ['All rights reserved', 'CC0-1.0', null],
    ['free for personal use', 'GPL-2.0-or-later', null],
  ];
  for (const [text, stated, licence] of rows) {
    const { rights, findings } = resolveRights('x.ogg', {
      ...base,
      tags: [{ field: 'LICENSE', text }],
      statement: { ...statement, licence: stated },
    });
    assert.equal(rights.licence, licence, text);
    assert.equal(
      findings[0]?.code,
      licence === null ? 'RIGHTS_LICENCE_UNREADABLE' : 'RIGHTS_LICENCE_VAGUE',
      text,
    );
    assert.equal(
      rights.evidence.some(({ kind }) => kind === 'statement'),
      licence !== null,
      text,
    );
  }
});
