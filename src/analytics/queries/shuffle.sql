-- Tracks drawn at random from all of them. The draw follows from the id of the snapshot.
SELECT rank, popularity, listens, duration_ms, release_year
FROM shown_tracks
WHERE draw = 'shuffle'
ORDER BY place;
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
