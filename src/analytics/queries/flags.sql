-- How many tracks have a property that makes them implausible. A flag is a fact about the row and no verdict on the music.
-- What follows from names and from the sound of what is held stands in told_flags.
WITH counts AS (
  SELECT bit, sum(tracks)::BIGINT AS tracks
  FROM (
    SELECT bit, tracks FROM flag_names JOIN (SELECT flags, count(*) AS tracks FROM flagged GROUP BY flags) ON (flags >> bit) & 1 = 1
    UNION ALL
    SELECT bit, tracks FROM told_flags)
  GROUP BY bit)
SELECT flag, says, coalesce(tracks, 0) AS tracks
FROM flag_names LEFT JOIN counts USING (bit)
ORDER BY bit;
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
