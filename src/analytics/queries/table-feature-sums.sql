-- One pass over the measured sound: for each pattern of what is known (a bit for each feature) the sums of the features
-- and of their products, in whole hundredths or ten-thousandths, so that they are exact in any order of summing.
CREATE TABLE feature_sums AS
SELECT
  known, count(*) AS tracks,
  [sum(a), sum(b), sum(c), sum(d), sum(e), sum(f), sum(g), sum(h), sum(i)] AS sums,
  [sum(a * a), sum(a * b), sum(a * c), sum(a * d), sum(a * e), sum(a * f), sum(a * g), sum(a * h), sum(a * i),
   0, sum(b * b), sum(b * c), sum(b * d), sum(b * e), sum(b * f), sum(b * g), sum(b * h), sum(b * i),
   0, 0, sum(c * c), sum(c * d), sum(c * e), sum(c * f), sum(c * g), sum(c * h), sum(c * i),
   0, 0, 0, sum(d * d), sum(d * e), sum(d * f), sum(d * g), sum(d * h), sum(d * i),
   0, 0, 0, 0, sum(e * e), sum(e * f), sum(e * g), sum(e * h), sum(e * i),
   0, 0, 0, 0, 0, sum(f * f), sum(f * g), sum(f * h), sum(f * i),
   0, 0, 0, 0, 0, 0, sum(g * g), sum(g * h), sum(g * i),
   0, 0, 0, 0, 0, 0, 0, sum(h * h), sum(h * i),
   0, 0, 0, 0, 0, 0, 0, 0, sum(i * i)] AS products
FROM (
  SELECT
    (tempo_bpm IS NOT NULL)::INTEGER + 2 * (loudness_db IS NOT NULL)::INTEGER + 4 * (energy IS NOT NULL)::INTEGER
      + 8 * (danceability IS NOT NULL)::INTEGER + 16 * (valence IS NOT NULL)::INTEGER
      + 32 * (speechiness IS NOT NULL)::INTEGER + 64 * (instrumentalness IS NOT NULL)::INTEGER
      + 128 * (acousticness IS NOT NULL)::INTEGER + 256 * (liveness IS NOT NULL)::INTEGER AS known,
    coalesce((tempo_bpm * 100)::BIGINT, 0) AS a, coalesce((loudness_db * 100)::BIGINT, 0) AS b,
    coalesce((energy * 10000)::BIGINT, 0) AS c, coalesce((danceability * 10000)::BIGINT, 0) AS d,
    coalesce((valence * 10000)::BIGINT, 0) AS e, coalesce((speechiness * 10000)::BIGINT, 0) AS f,
    coalesce((instrumentalness * 10000)::BIGINT, 0) AS g, coalesce((acousticness * 10000)::BIGINT, 0) AS h,
    coalesce((liveness * 10000)::BIGINT, 0) AS i
  FROM tracks)
GROUP BY known
