/** Ten thousand questions over a million rows, answered by our index as SQLite's FTS5 answers them over the same folded terms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeSampleIndex } from '../../src/catalogue/index-samples.ts';
import { judgedQuestions, startJudge } from '../../src/catalogue/judge-samples.ts';
import { sampleRows } from '../../src/catalogue/search-samples.ts';

const ROWS = 1_000_000;
const QUESTIONS = 10_000;
const LIMIT = 100;

test('the first hundred hits of each question are those of FTS5, in the order of our rules', () => {
  const rows = [...sampleRows(ROWS, 41)];
  using index = writeSampleIndex(rows, { segmentDocuments: 400_000, runPostings: 2 ** 21 });
  using search = index.open({ candidateSteps: Number.POSITIVE_INFINITY });
  using judge = startJudge(rows);
  let found = 0;
  let cut = 0;
  for (const question of judgedQuestions(rows, QUESTIONS, 43)) {
    const { text } = question;
    const { hits, bounds } = search.search({ text, group: 'tracks', limit: LIMIT, cursor: null });
    const exact = hits.filter(({ reason }) => reason !== 'typo');
    const expected = judge.expected(question, LIMIT);
    // A phrase of words that more documents have than are looked at is found among the first of them.
    const isCut = question.isQuoted && bounds.includes('phrases') && exact.length < expected.length;
    assert.deepEqual(exact, isCut ? expected.slice(0, exact.length) : expected, text);
    found += exact.length;
    if (isCut) cut += 1;
  }
  assert.ok(cut < QUESTIONS / 50, `${cut} phrases cut short`);
  assert.ok(found > QUESTIONS * 10, `${found} hits`);
});
