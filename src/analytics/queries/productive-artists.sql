-- The artists that are named first on the most tracks.
SELECT artist AS rank, tracks, popularity
FROM (SELECT artist, tracks FROM artist_tracks WHERE artist IS NOT NULL ORDER BY tracks DESC, artist LIMIT 50)
LEFT JOIN artists ON artists.rank = artist
ORDER BY tracks DESC, artist;
SELECT 'artists', 'counted', count(artist) FROM artist_tracks
UNION ALL
SELECT 'artists', 'first on no track of the snapshot', (SELECT count(*) FROM artists) - count(artist) FROM artist_tracks
