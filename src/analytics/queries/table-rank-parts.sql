-- The tracks in the order of their popularity, cut into parts of equally many; listens and durations of each part.
CREATE TABLE rank_parts AS
SELECT
  tracks.rank // part_tracks AS part, tracks.popularity, count(*) AS tracks,
  count(tracks.listens) AS listens_known, sum(tracks.listens)::BIGINT AS listens,
  count(duration_ms) AS duration_known, sum(duration_ms)::BIGINT AS duration_ms
FROM tracks, settings
GROUP BY ALL
