-- The most popular tracks, in order. Those of unknown popularity are not among them.
SELECT rank, popularity, listens, duration_ms, release_year
FROM tracks, settings
WHERE rank < top_tracks AND popularity IS NOT NULL
ORDER BY rank;
SELECT 'tracks', if(popularity IS NULL, 'popularity unknown', 'counted'), sum(tracks)::BIGINT
FROM track_counts WHERE key = 'popularity' GROUP BY ALL
