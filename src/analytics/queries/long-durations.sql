-- Tracks of ten minutes and longer, by class of duration.
WITH classes(from_s, to_s) AS (
  VALUES (600, 900), (900, 1200), (1200, 1800), (1800, 3600), (3600, 7200), (7200, 14400), (14400, 43200), (43200, 86400),
    (86400, NULL))
SELECT from_s, to_s, coalesce(sum(tracks), 0)::BIGINT AS tracks
FROM classes LEFT JOIN track_counts ON key = 'second' AND second >= from_s AND (to_s IS NULL OR second < to_s)
GROUP BY from_s, to_s
ORDER BY from_s;
SELECT 'tracks', CASE WHEN second IS NULL THEN 'duration unknown' WHEN second >= 600 THEN 'counted' ELSE 'under ten minutes' END,
  sum(tracks)::BIGINT
FROM track_counts WHERE key = 'second' GROUP BY ALL
