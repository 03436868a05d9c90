-- Tracks by measured tempo.
SELECT tempo * tempo_bin AS from_bpm, (tempo + 1) * tempo_bin AS to_bpm, tracks
FROM sound_counts, settings
WHERE counted = 'tempo' AND tempo IS NOT NULL
ORDER BY tempo;
SELECT 'tracks', if(tempo IS NULL, 'tempo unknown', 'counted'), sum(tracks)::BIGINT
FROM sound_counts WHERE counted = 'tempo' GROUP BY ALL
