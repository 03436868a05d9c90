-- The sources of the snapshot, and what they have in common.
SELECT
  sources.name AS source, dump_date, licence, tracks_read, tracks_kept, nullif(source_tracks.tracks, 0) AS tracks,
  if(source_tracks.tracks = 0, NULL, isrcs) AS isrcs, if(source_tracks.tracks = 0, NULL, shared_isrcs) AS shared_isrcs,
  if(source_tracks.tracks = 0, NULL, shared_ids) AS shared_ids
FROM sources JOIN source_tracks USING (source)
ORDER BY source;
SELECT 'sources', CASE
    WHEN tracks_read IS NULL THEN 'its import was let go' WHEN source_tracks.tracks = 0 THEN 'read alone: nothing beside it to compare with'
    ELSE 'counted' END, count(*)
FROM sources JOIN source_tracks USING (source) GROUP BY ALL
