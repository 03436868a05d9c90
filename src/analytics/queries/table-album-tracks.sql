-- How many tracks of the snapshot stand on each album, and how many of them have popularity 10 or more.
CREATE TABLE album_tracks AS
SELECT album, count(*) AS tracks, count_if(popularity >= 10) AS heard
FROM tracks
GROUP BY album
