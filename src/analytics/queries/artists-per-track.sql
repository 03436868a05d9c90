-- How many artists a track credits.
SELECT
  if(artists > 10, 11, artists) AS from_artists, if(artists > 10, NULL, artists) AS to_artists,
  sum(tracks)::BIGINT AS tracks
FROM track_counts
WHERE key = 'artists' AND artists > 0
GROUP BY ALL
ORDER BY 1;
SELECT 'tracks', if(artists > 0, 'counted', 'no artist with an id'), sum(tracks)::BIGINT FROM track_counts WHERE key = 'artists' GROUP BY ALL
