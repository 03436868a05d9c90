-- What the counted listens pay at a rate for each stream between the two stated ones.
SELECT 'all counted listens' AS what, listens, round(listens * rate_low, 2) AS usd_low, round(listens * rate_high, 2) AS usd_high
FROM track_counts, settings WHERE key = 'all' AND listens IS NOT NULL
UNION ALL
SELECT 'a million listens', 1000000, 1000000 * rate_low, 1000000 * rate_high FROM settings
ORDER BY listens DESC;
SELECT 'tracks', 'counted', listens_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'tracks', 'listens not counted by a source', tracks - listens_known FROM track_counts WHERE key = 'all'
