-- What is held, by container and codec. The numbers come from the ledger of the archive.
SELECT kind, format, sum(files)::BIGINT AS files, sum(size_bytes)::BIGINT AS size_bytes
FROM held
GROUP BY ALL
ORDER BY kind, files DESC, format;
SELECT 'files held', 'counted', coalesce(sum(files), 0)::BIGINT FROM held
