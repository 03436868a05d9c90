-- How many ISRCs stand on how many tracks. ISRCs are told apart by a 64-bit hash, which is exact but for one chance in a
-- thousand at 200 million; of a track with several, the first is counted.
CREATE TABLE isrc_sizes AS
SELECT tracks, count(*) AS isrcs
FROM (SELECT count(*) AS tracks FROM tracks WHERE isrc IS NOT NULL GROUP BY hash(isrc))
GROUP BY tracks
