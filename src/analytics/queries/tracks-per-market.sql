-- Tracks that may be had in each market. A track may be had where its album may.
SELECT market, sum(tracks)::BIGINT AS tracks
FROM (SELECT unnest(string_split(markets, ' ')) AS market, tracks FROM market_sets WHERE markets IS NOT NULL AND markets <> '')
GROUP BY market
HAVING sum(tracks) > 0
ORDER BY tracks DESC, market;
SELECT 'tracks', if(markets IS NULL, 'markets unknown', 'counted'), coalesce(sum(tracks), 0)::BIGINT FROM market_sets GROUP BY ALL
UNION ALL
SELECT 'tracks', 'no album', coalesce(sum(tracks) FILTER (album IS NULL), 0)::BIGINT FROM album_tracks
