-- The first hundred tracks of each flag in the order of popularity.
SELECT flag, rank, popularity, duration_ms, release_year
FROM (
  SELECT *, row_number() OVER (PARTITION BY flag ORDER BY rank) AS place
  FROM (
    SELECT
      rank, popularity, duration_ms, release_year,
      CASE
        WHEN duration_ms = 0 THEN 'duration 0' WHEN duration_ms < 1000 THEN 'duration above 0 and under 1 second'
        WHEN duration_ms >= 86400000 THEN 'duration over 24 hours' WHEN release_year < 1860 THEN 'release year before 1860'
        WHEN release_year > snapshot_year THEN 'release year after that of the snapshot'
        WHEN energy >= 0.9 AND danceability < 0.1 AND valence < 0.1 AND speechiness < 0.1 THEN 'sounds like noise'
      END AS flag
    FROM tracks, settings)
  WHERE flag IS NOT NULL)
WHERE place <= 100
ORDER BY flag, rank;
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
