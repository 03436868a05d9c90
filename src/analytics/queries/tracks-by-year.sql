-- Tracks by release year.
SELECT
  release_year // year_bin * year_bin AS from_year, release_year // year_bin * year_bin + year_bin - 1 AS to_year,
  sum(tracks)::BIGINT AS tracks
FROM track_counts, settings
WHERE key = 'release_year' AND release_year IS NOT NULL
GROUP BY ALL
ORDER BY 1;
SELECT 'tracks', if(release_year IS NULL, 'release year unknown', 'counted'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'release_year' GROUP BY ALL
