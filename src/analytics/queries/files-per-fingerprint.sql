-- On how many held files a fingerprint stands, to the last bit. The numbers come from the ledger of the archive.
WITH
  classes(from_n, to_n) AS (
    VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, NULL))
SELECT from_n, to_n, sum(fingerprints)::BIGINT AS fingerprints, sum(fingerprints * files)::BIGINT AS files
FROM classes JOIN held_sounds ON files >= from_n AND (to_n IS NULL OR files <= to_n)
GROUP BY from_n, to_n
ORDER BY from_n;
SELECT 'held audio files', 'counted', coalesce(sum(fingerprints * files), 0)::BIGINT FROM held_sounds
UNION ALL
SELECT 'held audio files', 'no fingerprint', coalesce(sum(files), 0)::BIGINT
  - (SELECT coalesce(sum(fingerprints * files), 0)::BIGINT FROM held_sounds)
FROM held WHERE kind = 'audio'
