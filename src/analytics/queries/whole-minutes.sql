-- How many times more tracks last a whole minute to the second than the mean of the five seconds before and after.
WITH counts AS (SELECT second, tracks FROM track_counts WHERE key = 'second' AND second IS NOT NULL)
SELECT
  minute, coalesce(exact.tracks, 0) AS tracks,
  round(coalesce(sum(around.tracks), 0) / 10, 1) AS mean_around,
  round(coalesce(exact.tracks, 0) / nullif(sum(around.tracks) / 10, 0), 2) AS times
FROM (SELECT unnest(range(1, 11)) AS minute)
LEFT JOIN counts AS exact ON exact.second = minute * 60
LEFT JOIN counts AS around ON around.second BETWEEN minute * 60 - 5 AND minute * 60 + 5 AND around.second <> minute * 60
GROUP BY minute, exact.tracks
ORDER BY minute;
SELECT 'tracks', if(second IS NULL, 'duration unknown', 'counted'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'second' GROUP BY ALL
