-- The combinations of markets, with the albums that have them and the tracks on these albums.
CREATE TABLE market_sets AS
SELECT albums.markets, count(*) AS albums, sum(album_tracks.tracks)::BIGINT AS tracks, sum(heard)::BIGINT AS heard
FROM albums LEFT JOIN album_tracks ON album_tracks.album = albums.rank
GROUP BY albums.markets
