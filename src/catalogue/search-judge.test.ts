/** Search gives the pages that FTS5 and our rules give; the same at a million rows is test/interop/search-judge.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeSampleIndex } from './index-samples.ts';
import { judgedQuestions, startJudge } from './judge-samples.ts';
import { sampleRows } from './search-samples.ts';

const LIMIT = 30;

test('seven hundred questions over ten thousand rows are answered as FTS5 answers them', () => {
  const rows = [...sampleRows(10_000, 29)];
  using index = writeSampleIndex(rows, { segmentDocuments: 4000 });
  using search = index.open({ steps: Number.POSITIVE_INFINITY });
  using judge = startJudge(rows);
  let found = 0;
  for (const question of judgedQuestions(rows, 700, 31)) {
    const { hits } = search.search({
      text: question.text,
      group: 'tracks',
      limit: LIMIT,
      cursor: null,
    });
    const exact = hits.filter(({ reason }) => reason !== 'typo');
    assert.deepEqual(exact, judge.expected(question, LIMIT), question.text);
    found += exact.length;
  }
  assert.ok(found > 2000, `${found} hits`);
});
