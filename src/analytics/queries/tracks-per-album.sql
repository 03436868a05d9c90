-- How many tracks of the snapshot stand on an album.
WITH
  classes(from_n, to_n) AS (
    VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, NULL)),
  sizes AS (SELECT tracks, count(*) AS albums FROM album_tracks WHERE album IS NOT NULL GROUP BY tracks)
SELECT from_n, to_n, sum(albums)::BIGINT AS albums, sum(albums * tracks)::BIGINT AS tracks
FROM classes JOIN sizes ON tracks >= from_n AND (to_n IS NULL OR tracks <= to_n)
GROUP BY from_n, to_n
ORDER BY from_n;
SELECT 'albums', 'counted', count(album) FROM album_tracks
UNION ALL
SELECT 'albums', 'no track in the snapshot', (SELECT count(*) FROM albums) - count(album) FROM album_tracks
UNION ALL
SELECT 'tracks', if(album IS NULL, 'no album', 'counted'), sum(tracks)::BIGINT FROM album_tracks GROUP BY ALL
