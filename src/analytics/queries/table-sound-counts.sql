-- One pass over the measured sound, counted by key and mode, tempo, loudness, loudness with energy, and each likelihood
-- in twentieths.
CREATE TABLE sound_counts AS
SELECT
  CASE
    WHEN grouping(key) = 0 THEN 'key and mode' WHEN grouping(tempo) = 0 THEN 'tempo'
    WHEN grouping(energy_tenth) = 0 THEN 'loudness and energy' WHEN grouping(loudness) = 0 THEN 'loudness'
    WHEN grouping(energy) = 0 THEN 'energy' WHEN grouping(danceability) = 0 THEN 'danceability'
    WHEN grouping(valence) = 0 THEN 'valence' WHEN grouping(speechiness) = 0 THEN 'speechiness'
    WHEN grouping(instrumentalness) = 0 THEN 'instrumentalness' WHEN grouping(acousticness) = 0 THEN 'acousticness'
    ELSE 'liveness' END AS counted,
  key, mode, tempo, loudness, energy_tenth,
  coalesce(energy, danceability, valence, speechiness, instrumentalness, acousticness, liveness) AS twentieth,
  count(*) AS tracks
FROM (
  SELECT
    key, mode,
    floor(tempo_bpm / tempo_bin)::INTEGER AS tempo,
    floor(loudness_db / loudness_bin)::INTEGER AS loudness,
    floor(energy * 10)::INTEGER - (energy = 1)::INTEGER AS energy_tenth,
    floor(energy * 20)::INTEGER - (energy = 1)::INTEGER AS energy,
    floor(danceability * 20)::INTEGER - (danceability = 1)::INTEGER AS danceability,
    floor(valence * 20)::INTEGER - (valence = 1)::INTEGER AS valence,
    floor(speechiness * 20)::INTEGER - (speechiness = 1)::INTEGER AS speechiness,
    floor(instrumentalness * 20)::INTEGER - (instrumentalness = 1)::INTEGER AS instrumentalness,
    floor(acousticness * 20)::INTEGER - (acousticness = 1)::INTEGER AS acousticness,
    floor(liveness * 20)::INTEGER - (liveness = 1)::INTEGER AS liveness
  FROM tracks, settings)
GROUP BY GROUPING SETS (
  (key, mode), (tempo), (loudness, energy_tenth), (loudness),
  (energy), (danceability), (valence), (speechiness), (instrumentalness), (acousticness), (liveness))
