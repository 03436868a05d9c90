-- The first and the last release year that tracks and albums give, and the first and the last day of a dump.
SELECT * FROM (
  SELECT 'release years of tracks' AS kind, min(release_year)::VARCHAR AS first, max(release_year)::VARCHAR AS last
  FROM track_counts WHERE key = 'release_year'
  UNION ALL
  SELECT 'release years of albums', min(release_year)::VARCHAR, max(release_year)::VARCHAR FROM albums
  UNION ALL
  SELECT 'dumps of the sources', min(dump_date), max(dump_date) FROM sources)
ORDER BY kind;
SELECT 'tracks', if(release_year IS NULL, 'release year unknown', 'counted'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'release_year' GROUP BY ALL
UNION ALL
SELECT 'albums', if(release_year IS NULL, 'release year unknown', 'counted'), count(*) FROM albums GROUP BY ALL
UNION ALL
SELECT 'sources', if(dump_date IS NULL, 'day of the dump unknown', 'counted'), count(*) FROM sources GROUP BY ALL
