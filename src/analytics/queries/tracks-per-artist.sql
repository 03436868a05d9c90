-- How many tracks of the snapshot name an artist first.
WITH
  classes(from_n, to_n) AS (
    VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, NULL)),
  sizes AS (SELECT tracks, count(*) AS artists FROM artist_tracks WHERE artist IS NOT NULL GROUP BY tracks)
SELECT from_n, to_n, sum(artists)::BIGINT AS artists, sum(artists * tracks)::BIGINT AS tracks
FROM classes JOIN sizes ON tracks >= from_n AND (to_n IS NULL OR tracks <= to_n)
GROUP BY from_n, to_n
ORDER BY from_n;
SELECT 'artists', 'counted', count(artist) FROM artist_tracks
UNION ALL
SELECT 'artists', 'first on no track of the snapshot', (SELECT count(*) FROM artists) - count(artist) FROM artist_tracks
UNION ALL
SELECT 'tracks', if(artist IS NULL, 'no artist with an id', 'counted'), sum(tracks)::BIGINT FROM artist_tracks GROUP BY ALL
