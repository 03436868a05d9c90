/** Ten thousand questions over a million rows, answered by our index as SQLite's FTS5 answers them over the same folded terms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeSampleIndex } from '../../src/catalogue/index-samples.ts';
import { judgedQuestions, startJudge } from '../../src/catalogue/judge-samples.ts';
import type { SnapshotSearch } from '../../src/catalogue/search-answer.ts';
import { sampleRows } from '../../src/catalogue/search-samples.ts';

const ROWS = 1_000_000;
const QUESTIONS = 10_000;
const LIMIT = 100;

test('the first hundred hits of each question are those of FTS5, in the order of our rules', (t) => {
  const rows = [...sampleRows(ROWS, 41)];
  using index = writeSampleIndex(rows, { segmentDocuments: 400_000, runPostings: 2 ** 21 });
  using boundless = index.open({ steps: Number.POSITIVE_INFINITY });
  using search = index.open();
  using judge = startJudge(rows);
  let [found, cut, bounded] = [0, 0, 0];
  for (const question of judgedQuestions(rows, QUESTIONS, 43)) {
    const { text } = question;
    const expected = judge.expected(question, LIMIT);
    const { exact, bounds } = hitsOf(boundless, text);
    // A phrase of words that more documents have than are looked at is found among the first of them.
    const isCut = question.isQuoted && bounds.includes('phrases') && exact.length < expected.length;
    assert.deepEqual(exact, isCut ? expected.slice(0, exact.length) : expected, text);
    found += exact.length;
    if (isCut) cut += 1;
    // As it is asked for real: what is not the same says that it is not all.
    const real = hitsOf(search, text);
    if (JSON.stringify(real.exact) === JSON.stringify(expected)) continue;
    bounded += 1;
    assert.ok(real.bounds.length > 0, text);
    const matching = new Set(judge.matching(question));
    for (const { rank } of real.exact) assert.ok(matching.has(rank), `${text}: ${rank}`);
  }
  t.diagnostic(
    `${bounded} of ${QUESTIONS} questions are answered otherwise within the bounds, and say so`,
  );
  assert.ok(cut < QUESTIONS / 50, `${cut} phrases cut short`);
  assert.ok(bounded < QUESTIONS / 200, `${bounded} answers within bounds`);
  assert.ok(found > QUESTIONS * 10, `${found} hits`);
});

function hitsOf(search: SnapshotSearch, text: string) {
  const { hits, bounds } = search.search({ text, group: 'tracks', limit: LIMIT, cursor: null });
  return { exact: hits.filter(({ reason }) => reason !== 'typo'), bounds };
}
