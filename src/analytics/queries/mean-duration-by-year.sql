-- The mean duration of the tracks of each release year.
SELECT
  release_year // year_bin * year_bin AS from_year, release_year // year_bin * year_bin + year_bin - 1 AS to_year,
  sum(duration_known)::BIGINT AS tracks, round(sum(duration_ms) / sum(duration_known) / 1000, 1) AS mean_s
FROM track_counts, settings
WHERE key = 'release_year' AND release_year IS NOT NULL
GROUP BY ALL
HAVING sum(duration_known) > 0
ORDER BY 1;
SELECT 'tracks', 'counted', coalesce(sum(duration_known) FILTER (release_year IS NOT NULL), 0)::BIGINT FROM track_counts WHERE key = 'release_year'
UNION ALL
SELECT 'tracks', 'release year unknown', coalesce(sum(tracks) FILTER (release_year IS NULL), 0)::BIGINT FROM track_counts WHERE key = 'release_year'
UNION ALL
SELECT 'tracks', 'duration unknown', coalesce(sum(tracks - duration_known) FILTER (release_year IS NOT NULL), 0)::BIGINT
FROM track_counts WHERE key = 'release_year'
