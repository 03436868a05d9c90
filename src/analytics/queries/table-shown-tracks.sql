-- The tracks that are shown by name: those drawn, and the first hundred of each flag. One pass for all of them.
CREATE TABLE shown_tracks AS
WITH
  firsts AS (
    SELECT flag, unnest(min(rank, 100)) AS rank
    FROM flagged JOIN flag_names ON (flags >> bit) & 1 = 1
    GROUP BY flag
    UNION ALL
    SELECT flag, rank FROM told_flagged JOIN flag_names USING (bit)),
  shown AS (
    SELECT draw, place, rank FROM drawn
    UNION ALL
    SELECT flag, rank, rank FROM firsts)
SELECT draw, place, rank, popularity, listens, duration_ms, release_year
FROM tracks JOIN shown USING (rank)
