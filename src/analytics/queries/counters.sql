-- What the snapshot holds, in numbers. A track is a row; a recording may be several tracks; an ISRC is a code on a track.
SELECT * FROM (VALUES
  ('tracks', (SELECT tracks FROM track_counts WHERE key = 'all')),
  ('albums', (SELECT count(*) FROM albums)),
  ('artists', (SELECT count(*) FROM artists)),
  ('track credits of artists', (SELECT sum(tracks * artists)::BIGINT FROM track_counts WHERE key = 'artists')),
  ('tracks with an ISRC', (SELECT isrc_known FROM track_counts WHERE key = 'all')),
  ('distinct ISRCs', (SELECT coalesce(sum(isrcs), 0)::BIGINT FROM isrc_sizes)),
  ('albums with a UPC', (SELECT count(upc) FROM albums)),
  ('distinct labels of albums', (SELECT count(*) FROM (SELECT 1 FROM albums WHERE label IS NOT NULL GROUP BY hash(label)))),
  ('combinations of markets', (SELECT count(markets) FROM market_sets)),
  ('artists with a genre', (SELECT count(*) FROM artists WHERE len(genres) > 0)),
  ('genre tags of artists', (SELECT count(*) FROM artist_genres)),
  ('distinct genres', (SELECT count(*) FROM (SELECT 1 FROM artist_genres GROUP BY genre))),
  ('tracks with measured sound', (SELECT tempo_known FROM track_counts WHERE key = 'all')),
  ('tracks with counted listens', (SELECT listens_known FROM track_counts WHERE key = 'all')),
  ('listens', (SELECT listens FROM track_counts WHERE key = 'all')),
  ('milliseconds of sound', (SELECT duration_ms FROM track_counts WHERE key = 'all')),
  ('tracks with popularity above 0', (SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts WHERE key = 'popularity' AND popularity > 0)),
  ('tracks with popularity 0', (SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts WHERE key = 'popularity' AND popularity = 0)),
  ('tracks with unknown popularity', (SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts WHERE key = 'popularity' AND popularity IS NULL))
) AS counters (what, count);
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
