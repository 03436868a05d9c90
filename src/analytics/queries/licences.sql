-- Tracks by licence, as their sources word it. A track without one has an unknown right and is not free.
SELECT licence, tracks, round(100 * tracks / sum(tracks) OVER (), 3) AS percent
FROM track_counts WHERE key = 'licence' AND licence IS NOT NULL
ORDER BY tracks DESC, licence
LIMIT 50;
SELECT 'tracks', if(licence IS NULL, 'no licence told', 'counted'), sum(tracks)::BIGINT FROM track_counts WHERE key = 'licence' GROUP BY ALL
