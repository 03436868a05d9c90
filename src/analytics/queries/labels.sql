-- The labels with the most albums, with their share of the albums whose label is known.
SELECT label, albums, round(100 * albums / sum(albums) OVER (), 4) AS percent
FROM (SELECT label, count(*) AS albums FROM albums WHERE label IS NOT NULL GROUP BY label)
ORDER BY albums DESC, label
LIMIT 50;
SELECT 'albums', if(label IS NULL, 'label unknown', 'counted'), count(*) FROM albums GROUP BY ALL
