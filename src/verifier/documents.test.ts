import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical, countField, listField, parseDocument, textField } from './documents.ts';
import { Problem } from './files.ts';

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.code;
  }
  return 'accepted';
}

test('a document is one canonical line, and every other spelling is refused', () => {
  const accepted = [
    '{}\n',
    '{"a":1,"b":[null,true,"é"]}\n',
    '{"":"","a":{"b":-1.5}}\n',
    '{"A":1,"a":2,"ä":3}\n',
  ];
  for (const text of accepted) {
    assert.equal(
      code(() => parseDocument(Buffer.from(text))),
      'accepted',
      text,
    );
    assert.equal(`${canonical(JSON.parse(text))}\n`, text);
  }
  const refused = [
    '',
    '{}',
    '{}\n\n',
    ' {}\n',
    '{ }\n',
    '{"b":1,"a":2}\n',
    '{"a":1,"a":1}\n',
    '{"a":1.0}\n',
    '{"a":1e3}\n',
    '{"a":"\\u0061"}\n',
    '{"a":"\\/"}\n',
    '[]\n',
    'null\n',
    '{"a":NaN}\n',
    '{"a":"\\ud800"}\n',
    `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}\n`,
    '\ufeff{}\n',
  ];
  for (const text of refused)
    assert.equal(
      code(() => parseDocument(Buffer.from(text))),
      'VERIFY_DOCUMENT',
      text,
    );
  // The second is as long as the character that is shown for it.
  for (const bytes of [[0xff], [0xf0, 0x9f, 0x8e]]) {
    const notUtf8 = [Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}\n')];
    assert.equal(
      code(() => parseDocument(Buffer.concat(notUtf8))),
      'VERIFY_DOCUMENT',
    );
  }
});

test('fields of another kind are refused', () => {
  const fields = { text: 'a', count: 1, list: [{}], holes: [1], big: 2 ** 60 };
  assert.equal(textField(fields, 'text', /^a$/), 'a');
  assert.equal(countField(fields, 'count', 1), 1);
  assert.deepEqual(listField(fields, 'list'), [{}]);
  for (const action of [
    () => textField(fields, 'text', /^b$/),
    () => textField(fields, 'count'),
    () => textField(fields, 'none'),
    () => countField(fields, 'count', 2),
    () => countField(fields, 'big'),
    () => countField(fields, 'text'),
    () => listField(fields, 'holes'),
    () => listField(fields, 'text'),
  ])
    assert.equal(code(action), 'VERIFY_DOCUMENT');
});
