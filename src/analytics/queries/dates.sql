-- The first and the last release year that tracks and albums give.
SELECT * FROM (
  SELECT 'tracks' AS kind, min(release_year) AS first, max(release_year) AS last FROM track_counts WHERE key = 'release_year'
  UNION ALL
  SELECT 'albums', min(release_year), max(release_year) FROM albums)
ORDER BY kind DESC;
SELECT 'tracks', if(release_year IS NULL, 'release year unknown', 'counted'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'release_year' GROUP BY ALL
UNION ALL
SELECT 'albums', if(release_year IS NULL, 'release year unknown', 'counted'), count(*) FROM albums GROUP BY ALL
