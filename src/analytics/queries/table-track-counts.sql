-- One pass over the tracks, counted by each of six keys at once: popularity, release year, whole second of duration,
-- licence, number of credited artists, and all together.
CREATE TABLE track_counts AS
SELECT
  ['all', 'licence', 'artists', 'second', 'release_year', 'popularity'][CASE
    WHEN grouping(popularity) = 0 THEN 6 WHEN grouping(release_year) = 0 THEN 5 WHEN grouping(second) = 0 THEN 4
    WHEN grouping(artists) = 0 THEN 3 WHEN grouping(licence) = 0 THEN 2 ELSE 1 END] AS key,
  popularity, release_year, second, artists, licence,
  count(*) AS tracks,
  count(listens) AS listens_known, sum(listens)::BIGINT AS listens,
  count(duration_ms) AS duration_known, sum(duration_ms)::BIGINT AS duration_ms,
  count(explicit) AS explicit_known, count_if(explicit) AS explicit_tracks,
  count(isrc) AS isrc_known, count(tempo_bpm) AS tempo_known
FROM (SELECT *, duration_ms // 1000 AS second FROM tracks)
GROUP BY GROUPING SETS ((), (popularity), (release_year), (second), (artists), (licence))
