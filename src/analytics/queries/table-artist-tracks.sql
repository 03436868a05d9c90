-- How many tracks name each artist first.
CREATE TABLE artist_tracks AS
SELECT artist, count(*) AS tracks
FROM tracks
GROUP BY artist
