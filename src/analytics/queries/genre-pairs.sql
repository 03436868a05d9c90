-- The pairs of genres that the most artists have together.
SELECT a.genre AS genre, b.genre AS with_genre, count(*) AS artists
FROM artist_genres AS a JOIN artist_genres AS b ON a.artist = b.artist AND a.genre < b.genre
GROUP BY ALL
ORDER BY artists DESC, genre, with_genre
LIMIT 50;
SELECT 'artists', CASE coalesce(len(genres), 0) WHEN 0 THEN 'no genre' WHEN 1 THEN 'one genre alone' ELSE 'counted' END, count(*) FROM artists GROUP BY ALL
