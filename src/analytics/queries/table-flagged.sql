-- The tracks that have a flag, a bit for each in the order of flag_names: one pass over the tracks.
CREATE TABLE flagged AS
SELECT rank::INTEGER AS rank, flags
FROM (
  SELECT
    rank,
    if(duration_ms = 0, 1, 0) + if(duration_ms BETWEEN 1 AND 999, 2, 0) + if(duration_ms >= 86400000, 4, 0)
      + if(release_year < 1860, 8, 0) + if(release_year > snapshot_year, 16, 0)
      + if(productive.artist IS NOT NULL, 32, 0)
      + if(energy >= 0.9 AND danceability < 0.1 AND valence < 0.1 AND speechiness < 0.1, 64, 0) AS flags
  FROM tracks
  CROSS JOIN settings
  LEFT JOIN (
    SELECT artist FROM artist_tracks, settings WHERE artist IS NOT NULL AND tracks >= productive_tracks) AS productive
    ON productive.artist = tracks.artist)
WHERE flags > 0
