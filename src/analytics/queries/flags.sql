-- How many tracks have a property that makes them implausible. A flag is a fact about the row and no verdict on the music.
SELECT * FROM (
  SELECT 'duration 0' AS flag, (SELECT count(*) FROM tracks WHERE duration_ms = 0) AS tracks
  UNION ALL SELECT 'duration above 0 and under 1 second', (SELECT count(*) FROM tracks WHERE duration_ms BETWEEN 1 AND 999)
  UNION ALL SELECT 'duration over 24 hours', (SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts WHERE key = 'second' AND second >= 86400)
  UNION ALL SELECT 'release year before 1860', (SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts WHERE key = 'release_year' AND release_year < 1860)
  UNION ALL SELECT 'release year after that of the snapshot', (
    SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts, settings WHERE key = 'release_year' AND release_year > snapshot_year)
  UNION ALL SELECT 'first artist has ' || (SELECT productive_tracks FROM settings) || ' tracks or more', (
    SELECT coalesce(sum(tracks), 0)::BIGINT FROM artist_tracks, settings WHERE artist IS NOT NULL AND tracks >= productive_tracks)
  UNION ALL SELECT 'sounds like noise: energy 0.9 or more, danceability, valence and speechiness under 0.1', (
    SELECT count(*) FROM tracks WHERE energy >= 0.9 AND danceability < 0.1 AND valence < 0.1 AND speechiness < 0.1));
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
