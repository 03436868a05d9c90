-- Tracks drawn at random from all of them. The draw follows from the id of the snapshot.
SELECT rank, popularity, listens, duration_ms, release_year
FROM tracks JOIN drawn USING (rank)
WHERE drawn.draw = 'shuffle'
ORDER BY drawn.place;
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
