-- How many tracks name each artist first.
CREATE TABLE artist_tracks AS
SELECT artist, count(*)::INTEGER AS tracks
FROM (SELECT artist::INTEGER AS artist FROM tracks)
GROUP BY artist
