import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { termsOf } from '../model/search-terms.ts';
import { timesOf } from './percentiles.ts';
import { makeQuestions, QUESTION_CLASSES } from './question-classes.ts';
import { sampleTracks } from './sample-tracks.ts';

const catalogue = { seed: 2, rows: 10_000, revision: 1 };
const tracks = sampleTracks(catalogue, 3000);
const questions = makeQuestions(tracks, 40);

describe('the questions of the bench', () => {
  test('are drawn from tracks of the catalogue, evenly, and come out alike', () => {
    assert.ok(tracks.length >= 3000 && tracks.length < 4000);
    assert.equal(new Set(tracks.map(({ id }) => id)).size, tracks.length);
    assert.deepEqual(sampleTracks(catalogue, 3000), tracks);
    assert.deepEqual(makeQuestions(tracks, 40), questions);
  });

  test('are as many in each of ten classes', () => {
    assert.equal(QUESTION_CLASSES.length, 10);
    for (const kind of QUESTION_CLASSES) assert.equal(questions[kind].length, 40, kind);
  });

  test('have words that titles have, but for those with a typo', () => {
    const words = new Set(
      tracks.flatMap(({ title, artist, album }) => termsOf(`${title} ${artist} ${album}`)),
    );
    for (const kind of QUESTION_CLASSES) {
      if (kind === 'word and prefix' || kind === 'field') continue;
      for (const { text } of questions[kind]) {
        const isKnown = termsOf(text).every((term) => words.has(term));
        // A misspelt word is now and then another one.
        if (kind !== 'typo') assert.ok(isKnown, `${kind}: ${text}`);
      }
    }
    assert.ok(questions.typo.filter(({ text }) => !words.has(text)).length > 30);
  });

  test('are phrases in quotes, half words being typed, and fields', () => {
    for (const { text } of questions.phrase) assert.match(text, /^".+"$/);
    for (const one of questions['word and prefix']) assert.ok(one.typing);
    for (const { text } of questions.field) assert.match(text, /^(?:artist|title|album):/);
  });
});

test('times are told by their median, 99th percentile and worst', () => {
  const values = Array.from({ length: 101 }, (_, at) => 100 - at);
  assert.deepEqual(timesOf(values), { count: 101, p50Ms: 50, p99Ms: 99, worstMs: 100 });
  const twenty = Array.from({ length: 20 }, (_, at) => at + 1);
  assert.deepEqual(timesOf(twenty), { count: 20, p50Ms: 10, p99Ms: 20, worstMs: 20 });
  assert.deepEqual(timesOf([7]), { count: 1, p50Ms: 7, p99Ms: 7, worstMs: 7 });
  assert.deepEqual(timesOf([]), { count: 0, p50Ms: 0, p99Ms: 0, worstMs: 0 });
});
