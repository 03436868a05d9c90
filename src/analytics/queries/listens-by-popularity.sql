-- Listens of each popularity, a track and in total: as counted where a source counts, and by the model of listening with
-- its bounds. A row without a popularity is that of all tracks whose popularity is unknown.
SELECT
  counts.popularity, tracks, listens_known AS tracks_counted, counts.listens AS listens_counted,
  if(listens_known = 0, NULL, round(counts.listens / listens_known, 1)) AS counted_a_track,
  model.listens AS model_a_track, model.low AS model_a_track_low, model.high AS model_a_track_high,
  tracks * model.listens AS model_total, tracks * model.low AS model_total_low, tracks * model.high AS model_total_high
FROM track_counts AS counts
JOIN listening_model AS model ON model.popularity IS NOT DISTINCT FROM counts.popularity
WHERE key = 'popularity'
ORDER BY counts.popularity NULLS LAST;
SELECT 'tracks', 'counted', listens_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'tracks', 'listens not counted by a source', tracks - listens_known FROM track_counts WHERE key = 'all'
