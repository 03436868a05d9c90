-- The share of each key in major and minor among the tracks whose key and mode are both known.
WITH known AS (
  SELECT key, mode, tracks FROM sound_counts WHERE counted = 'key and mode' AND key IS NOT NULL AND mode IS NOT NULL)
SELECT
  ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'][pitch + 1] AS key,
  coalesce(sum(tracks) FILTER (mode = 1), 0)::BIGINT AS major, coalesce(sum(tracks) FILTER (mode = 0), 0)::BIGINT AS minor,
  round(100 * coalesce(sum(tracks) FILTER (mode = 1), 0) / nullif((SELECT sum(tracks) FROM known), 0), 3) AS percent_major,
  round(100 * coalesce(sum(tracks) FILTER (mode = 0), 0) / nullif((SELECT sum(tracks) FROM known), 0), 3) AS percent_minor
FROM (SELECT unnest(range(12)) AS pitch) LEFT JOIN known ON known.key = pitch
GROUP BY pitch
ORDER BY pitch;
SELECT 'tracks', CASE WHEN key IS NULL THEN 'key unknown' WHEN mode IS NULL THEN 'mode unknown' ELSE 'counted' END, sum(tracks)::BIGINT
FROM sound_counts WHERE counted = 'key and mode' GROUP BY ALL
