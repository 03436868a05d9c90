-- On how many albums a UPC stands.
WITH
  classes(from_n, to_n) AS (
    VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, NULL)),
  sizes AS (
    SELECT albums, count(*) AS upcs
    FROM (SELECT count(*) AS albums FROM albums WHERE upc IS NOT NULL GROUP BY hash(upc))
    GROUP BY albums)
SELECT from_n, to_n, sum(upcs)::BIGINT AS upcs, sum(upcs * albums)::BIGINT AS albums
FROM classes JOIN sizes ON albums >= from_n AND (to_n IS NULL OR albums <= to_n)
GROUP BY from_n, to_n
ORDER BY from_n;
SELECT 'albums', if(upc IS NULL, 'no UPC', 'counted'), count(*) FROM albums GROUP BY ALL
