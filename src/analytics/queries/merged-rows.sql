-- Rows that were made one with another, by kind and reason, as the manifest of the snapshot counts them.
SELECT kind, reason, merged FROM merges WHERE merged > 0 ORDER BY kind DESC, reason;
SELECT 'rows made one', 'counted', coalesce(sum(merged), 0)::BIGINT FROM merges
