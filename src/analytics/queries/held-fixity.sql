-- What is held, by what reading it to its end said. The numbers come from the ledger of the archive.
SELECT state, sum(files)::BIGINT AS files, sum(size_bytes)::BIGINT AS size_bytes
FROM held
WHERE kind = 'audio'
GROUP BY ALL
ORDER BY files DESC, state;
SELECT 'files held', if(kind = 'audio', 'counted', 'no audio'), coalesce(sum(files), 0)::BIGINT FROM held GROUP BY ALL
