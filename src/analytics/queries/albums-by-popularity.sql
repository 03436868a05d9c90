-- How many albums have each popularity.
SELECT from_popularity, from_popularity + if(from_popularity = 0, 0, popularity_bin - 1) AS to_popularity, count(*) AS albums
FROM (
  SELECT if(popularity = 0, 0, 1 + (popularity - 1) // popularity_bin * popularity_bin) AS from_popularity, popularity_bin
  FROM albums, settings WHERE popularity IS NOT NULL)
GROUP BY ALL
ORDER BY 1;
SELECT 'albums', if(popularity IS NULL, 'popularity unknown', 'counted'), count(*) FROM albums GROUP BY ALL
