-- How many of the least heard tracks together are heard less than the three most heard ones: by counted listens, and by
-- the model in the order of popularity.
WITH
  counted AS (
    SELECT listens, count(*) AS tracks, sum(count(*)) OVER least_first AS tracks_upto,
      sum(listens * count(*)) OVER least_first AS upto
    FROM tracks WHERE listens IS NOT NULL GROUP BY listens WINDOW least_first AS (ORDER BY listens)),
  counted_top AS (SELECT sum(listens) AS top FROM (SELECT listens FROM tracks ORDER BY listens DESC NULLS LAST LIMIT 3)),
  counted_end AS (SELECT listens, upto, tracks_upto FROM counted, counted_top WHERE upto > top ORDER BY listens LIMIT 1),
  modelled AS (
    SELECT counts.popularity, model.listens, tracks,
      sum(tracks) OVER least_first AS tracks_upto, sum(tracks * model.listens) OVER least_first AS upto
    FROM track_counts AS counts JOIN listening_model AS model ON model.popularity = counts.popularity
    WHERE key = 'popularity' WINDOW least_first AS (ORDER BY counts.popularity)),
  modelled_top AS (
    SELECT sum(model.listens) AS top
    FROM tracks JOIN listening_model AS model ON model.popularity = tracks.popularity WHERE rank < 3),
  modelled_end AS (
    SELECT listens, upto, tracks_upto FROM modelled, modelled_top WHERE upto > top ORDER BY popularity LIMIT 1)
SELECT 'counted listens' AS measure, top::BIGINT AS top_three, coalesce(
  (SELECT (tracks_upto - ceil((upto - top) / listens))::BIGINT FROM counted_end),
  (SELECT sum(tracks)::BIGINT FROM counted)) AS bottom_tracks
FROM counted_top
UNION ALL
SELECT 'modelled listens', top::BIGINT, coalesce(
  (SELECT (tracks_upto - ceil((upto - top) / listens))::BIGINT FROM modelled_end),
  (SELECT sum(tracks)::BIGINT FROM modelled))
FROM modelled_top;
SELECT 'tracks', 'counted', listens_known FROM track_counts WHERE key = 'all'
UNION ALL
SELECT 'tracks', 'listens not counted by a source', tracks - listens_known FROM track_counts WHERE key = 'all'
