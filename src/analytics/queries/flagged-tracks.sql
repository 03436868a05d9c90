-- The first hundred tracks of each flag in the order of popularity.
SELECT flag, rank, popularity, duration_ms, release_year
FROM shown_tracks JOIN flag_names ON flag = draw
ORDER BY bit, rank;
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
