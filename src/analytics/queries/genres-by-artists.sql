-- The genres that the most artists have. Artists are counted, not tracks.
SELECT genre, count(*) AS artists
FROM artist_genres
GROUP BY genre
ORDER BY artists DESC, genre
LIMIT 50;
SELECT 'artists', if(coalesce(len(genres), 0) = 0, 'no genre', 'counted'), count(*) FROM artists GROUP BY ALL
