-- How each two measured features go together: Pearson's coefficient of correlation over the tracks that have both.
WITH
  names AS (SELECT ['tempo', 'loudness', 'energy', 'danceability', 'valence', 'speechiness', 'instrumentalness', 'acousticness', 'liveness'] AS names),
  pairs AS (
    SELECT a, b, least(a, b) AS low, greatest(a, b) AS high
    FROM (SELECT unnest(range(9)) AS a) CROSS JOIN (SELECT unnest(range(9)) AS b)),
  sums AS (
    SELECT
      a, b, sum(tracks) AS n,
      sum(sums[a + 1]) AS x, sum(sums[b + 1]) AS y, sum(products[low * 9 + high + 1]) AS xy,
      sum(products[a * 10 + 1]) AS xx, sum(products[b * 10 + 1]) AS yy
    FROM pairs LEFT JOIN feature_sums ON (known & (1 << a)) > 0 AND (known & (1 << b)) > 0
    GROUP BY a, b)
SELECT
  names[a + 1] AS feature, names[b + 1] AS with_feature, coalesce(n, 0)::BIGINT AS tracks,
  round((n * xy::DOUBLE - x::DOUBLE * y) / nullif(sqrt(n * xx::DOUBLE - x::DOUBLE * x) * sqrt(n * yy::DOUBLE - y::DOUBLE * y), 0), 4) AS correlation
FROM sums, names
ORDER BY a, b;
SELECT 'tracks', CASE known WHEN 511 THEN 'counted' WHEN 0 THEN 'nothing measured' ELSE 'measured in part, counted where both of a pair are there' END, sum(tracks)::BIGINT
FROM feature_sums GROUP BY ALL
