-- Tracks drawn at random from those of popularity 10 or more. The draw follows from the id of the snapshot.
SELECT rank, popularity, listens, duration_ms, release_year
FROM shown_tracks
WHERE draw = 'shuffle-heard'
ORDER BY place;
SELECT 'tracks', CASE WHEN popularity >= 10 THEN 'counted' WHEN popularity IS NULL THEN 'popularity unknown' ELSE 'popularity under 10' END,
  sum(tracks)::BIGINT
FROM track_counts WHERE key = 'popularity' GROUP BY ALL
