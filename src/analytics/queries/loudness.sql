-- Tracks by measured loudness.
SELECT loudness * loudness_bin AS from_db, (loudness + 1) * loudness_bin AS to_db, tracks
FROM sound_counts, settings
WHERE counted = 'loudness' AND loudness IS NOT NULL
ORDER BY loudness;
SELECT 'tracks', if(loudness IS NULL, 'loudness unknown', 'counted'), sum(tracks)::BIGINT
FROM sound_counts WHERE counted = 'loudness' GROUP BY ALL
