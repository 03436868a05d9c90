-- How many tracks have each popularity.
SELECT
  from_popularity, from_popularity + if(from_popularity = 0, 0, popularity_bin - 1) AS to_popularity,
  sum(tracks)::BIGINT AS tracks
FROM (
  SELECT
    if(popularity = 0, 0, 1 + (popularity - 1) // popularity_bin * popularity_bin) AS from_popularity, popularity_bin, tracks
  FROM track_counts, settings WHERE key = 'popularity' AND popularity IS NOT NULL)
GROUP BY ALL
ORDER BY 1;
SELECT 'tracks', if(popularity IS NULL, 'popularity unknown', 'counted'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'popularity' GROUP BY ALL
