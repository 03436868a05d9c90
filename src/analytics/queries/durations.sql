-- Tracks by duration up to ten minutes.
SELECT
  second // duration_bin_s * duration_bin_s AS from_s, (second // duration_bin_s + 1) * duration_bin_s AS to_s,
  sum(tracks)::BIGINT AS tracks
FROM track_counts, settings
WHERE key = 'second' AND second BETWEEN 0 AND 599
GROUP BY ALL
ORDER BY 1;
SELECT 'tracks', CASE WHEN second IS NULL THEN 'duration unknown' WHEN second < 600 THEN 'counted' ELSE 'ten minutes or longer, told apart' END,
  sum(tracks)::BIGINT
FROM track_counts WHERE key = 'second' GROUP BY ALL
