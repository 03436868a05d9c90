-- The tracks of each source by hash of their id, and its ISRCs by theirs: what two sources have in common.
CREATE TABLE source_tracks AS
WITH
  ids AS (
    SELECT key, bit_or(1::BIGINT << source) AS who FROM (SELECT hash(id) AS key, source FROM imported) GROUP BY key),
  isrcs AS (
    SELECT key, bit_or(1::BIGINT << source) AS who
    FROM (SELECT hash(unnest(isrcs)) AS key, source FROM imported) GROUP BY key)
SELECT
  source,
  (SELECT count(*) FROM imported WHERE imported.source = sources.source) AS tracks,
  (SELECT count(*) FROM isrcs WHERE (who & (1 << source)) > 0) AS isrcs,
  (SELECT count(*) FROM isrcs WHERE (who & (1 << source)) > 0 AND bit_count(who) > 1) AS shared_isrcs,
  (SELECT count(*) FROM ids WHERE (who & (1 << source)) > 0 AND bit_count(who) > 1) AS shared_ids
FROM sources
