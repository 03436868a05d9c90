-- On how many tracks an ISRC stands.
WITH
  classes(from_n, to_n) AS (
    VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, NULL))
SELECT from_n, to_n, sum(isrcs)::BIGINT AS isrcs, sum(isrcs * tracks)::BIGINT AS tracks
FROM classes JOIN isrc_sizes ON tracks >= from_n AND (to_n IS NULL OR tracks <= to_n)
GROUP BY from_n, to_n
ORDER BY from_n;
SELECT 'tracks', 'counted', isrc_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'tracks', 'no ISRC', tracks - isrc_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'ISRCs', 'counted', coalesce(sum(isrcs), 0)::BIGINT FROM isrc_sizes
