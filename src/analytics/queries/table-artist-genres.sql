-- One row for each genre of each artist: a tag.
CREATE TABLE artist_genres AS
SELECT rank AS artist, unnest(list_distinct(genres)) AS genre
FROM artists
