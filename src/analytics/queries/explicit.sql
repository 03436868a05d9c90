-- How many tracks are marked as explicit.
SELECT 'explicit' AS mark, explicit_tracks AS tracks, round(100 * explicit_tracks / nullif(explicit_known, 0), 3) AS percent
FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'not explicit', explicit_known - explicit_tracks, round(100 * (explicit_known - explicit_tracks) / nullif(explicit_known, 0), 3)
FROM track_counts WHERE key = 'all';
SELECT 'tracks', 'counted', explicit_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'tracks', 'no source says whether explicit', tracks - explicit_known FROM track_counts WHERE key = 'all'
