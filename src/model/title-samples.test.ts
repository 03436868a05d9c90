import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleTracks, TITLE_SAMPLES } from './title-samples.ts';

test('each tongue has thirty different titles, and what is asked for is among them', () => {
  assert.equal(TITLE_SAMPLES.length, 15);
  for (const { tongue, titles, asked, artists, albums } of TITLE_SAMPLES) {
    assert.equal(new Set(titles).size, 30, `${tongue}: ${titles.length}`);
    assert.equal(titles.length, 30, tongue);
    assert.ok(asked.length >= 3 && artists.length === 5 && albums.length === 3, tongue);
    for (const [query, title] of asked) assert.ok(titles.includes(title), `${tongue}: ${query}`);
  }
});

test('the samples make a thousand tracks, each title first as it is', () => {
  const tracks = sampleTracks();
  assert.equal(tracks.length, 1000);
  assert.equal(new Set(tracks.map(({ id }) => id)).size, 1000);
  const titles = TITLE_SAMPLES.flatMap((samples) => samples.titles);
  assert.deepEqual(
    tracks.slice(0, titles.length).map(({ title }) => title),
    titles,
  );
});
