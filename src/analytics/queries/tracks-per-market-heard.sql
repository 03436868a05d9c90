-- Tracks of popularity 10 or more that may be had in each market. A track may be had where its album may.
SELECT market, sum(heard)::BIGINT AS tracks
FROM (SELECT unnest(string_split(markets, ' ')) AS market, heard FROM market_sets WHERE markets IS NOT NULL AND markets <> '')
GROUP BY market
HAVING sum(heard) > 0
ORDER BY tracks DESC, market;
SELECT 'tracks', if(markets IS NULL, 'markets unknown', 'counted'), coalesce(sum(heard), 0)::BIGINT FROM market_sets GROUP BY ALL
UNION ALL
SELECT 'tracks', 'no album', coalesce(sum(heard) FILTER (album IS NULL), 0)::BIGINT FROM album_tracks
UNION ALL
SELECT 'tracks', if(popularity IS NULL, 'popularity unknown', 'popularity under 10'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'popularity' AND coalesce(popularity, 0) < 10 GROUP BY ALL
