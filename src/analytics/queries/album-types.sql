-- Albums by type, as their sources call it.
SELECT type, count(*) AS albums
FROM albums WHERE type IS NOT NULL
GROUP BY type
ORDER BY albums DESC, type
LIMIT 20;
SELECT 'albums', if(type IS NULL, 'type unknown', 'counted'), count(*) FROM albums GROUP BY ALL
