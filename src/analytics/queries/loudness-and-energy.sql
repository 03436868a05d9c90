-- Tracks by loudness, in steps of 5 dB, and energy, in tenths, together.
SELECT
  floor(loudness * loudness_bin / 5)::INTEGER * 5 AS from_db, floor(loudness * loudness_bin / 5)::INTEGER * 5 + 5 AS to_db,
  energy_tenth / 10 AS from_energy, (energy_tenth + 1) / 10 AS to_energy, sum(tracks)::BIGINT AS tracks
FROM sound_counts, settings
WHERE counted = 'loudness and energy' AND loudness IS NOT NULL AND energy_tenth IS NOT NULL
GROUP BY ALL
ORDER BY from_db, from_energy;
SELECT 'tracks', CASE WHEN loudness IS NULL THEN 'loudness unknown' WHEN energy_tenth IS NULL THEN 'energy unknown' ELSE 'counted' END, sum(tracks)::BIGINT
FROM sound_counts WHERE counted = 'loudness and energy' GROUP BY ALL
