-- The share of explicit tracks among those of each release year that a source marks either way.
SELECT
  release_year // year_bin * year_bin AS from_year, release_year // year_bin * year_bin + year_bin - 1 AS to_year,
  sum(explicit_known)::BIGINT AS tracks, sum(explicit_tracks)::BIGINT AS explicit_tracks,
  round(100 * sum(explicit_tracks) / sum(explicit_known), 3) AS percent
FROM track_counts, settings
WHERE key = 'release_year' AND release_year IS NOT NULL
GROUP BY ALL
HAVING sum(explicit_known) > 0
ORDER BY 1;
SELECT 'tracks', 'counted', coalesce(sum(explicit_known) FILTER (release_year IS NOT NULL), 0)::BIGINT FROM track_counts WHERE key = 'release_year'
UNION ALL
SELECT 'tracks', 'release year unknown', coalesce(sum(tracks) FILTER (release_year IS NULL), 0)::BIGINT FROM track_counts WHERE key = 'release_year'
UNION ALL
SELECT 'tracks', 'no source says whether explicit', coalesce(sum(tracks - explicit_known) FILTER (release_year IS NOT NULL), 0)::BIGINT
FROM track_counts WHERE key = 'release_year'
