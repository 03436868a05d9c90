-- What the counted listens pay at a rate for each stream: the two ends of what was told, and that of 2016.
SELECT
  what, listens, round(listens * rate_low, 2) AS usd_low, round(listens * rate_2016, 2) AS usd_2016,
  round(listens * rate_high, 2) AS usd_high
FROM (
  SELECT 'all counted listens' AS what, listens FROM track_counts WHERE key = 'all' AND listens IS NOT NULL
  UNION ALL
  SELECT 'a million listens', 1000000), settings
ORDER BY listens DESC;
SELECT 'tracks', 'counted', listens_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'tracks', 'listens not counted by a source', tracks - listens_known FROM track_counts WHERE key = 'all'
