-- What share of all listens the most popular tracks hold, and how many bytes they are: the storage curve. Bytes follow from
-- durations: all at the rate of the original, and with the tracks of popularity 0 at the rate of the tail. A track without
-- a duration counts as the mean of those that have one.
WITH
  mean AS (SELECT coalesce(sum(duration_ms) / nullif(sum(duration_known), 0), 0) AS mean_ms FROM rank_parts),
  parts AS (
    SELECT
      part, sum(rank_parts.tracks)::BIGINT AS tracks, sum(rank_parts.listens)::BIGINT AS listens,
      sum(rank_parts.tracks * model.listens)::BIGINT AS model, sum(rank_parts.tracks * model.low)::BIGINT AS low,
      sum(rank_parts.tracks * model.high)::BIGINT AS high,
      sum((coalesce(duration_ms, 0) + ((rank_parts.tracks - duration_known) * mean_ms)::BIGINT) * original_bits // 8000)::BIGINT AS bytes,
      sum((coalesce(duration_ms, 0) + ((rank_parts.tracks - duration_known) * mean_ms)::BIGINT)
        * if(rank_parts.popularity = 0, tail_bits, original_bits) // 8000)::BIGINT AS bytes_tail
    FROM rank_parts
    JOIN listening_model AS model ON model.popularity IS NOT DISTINCT FROM rank_parts.popularity
    CROSS JOIN mean CROSS JOIN settings
    GROUP BY part),
  sums AS (
    SELECT
      part, sum(tracks) OVER upto AS tracks, sum(bytes) OVER upto AS bytes, sum(bytes_tail) OVER upto AS bytes_tail,
      sum(listens) OVER upto AS listens, sum(model) OVER upto AS model, sum(low) OVER upto AS low,
      sum(high) OVER upto AS high, sum(low) OVER () AS low_all, sum(high) OVER () AS high_all
    FROM parts
    WINDOW upto AS (ORDER BY part)),
  total AS (
    SELECT max(tracks) AS tracks, max(bytes) AS bytes, max(listens) AS listens, max(model) AS model FROM sums)
SELECT 0 AS tracks, 0.0::DOUBLE AS share_of_tracks, 0 AS bytes_original, 0 AS bytes_with_tail,
  if(listens > 0, 0.0::DOUBLE, NULL) AS share_of_counted_listens, if(model > 0, 0.0::DOUBLE, NULL) AS share_of_modelled_listens,
  if(model > 0, 0.0::DOUBLE, NULL) AS model_low, if(model > 0, 0.0::DOUBLE, NULL) AS model_high
FROM total
UNION ALL
SELECT
  sums.tracks::BIGINT, round(sums.tracks / total.tracks, 6) AS share_of_tracks,
  sums.bytes::BIGINT AS bytes_original, sums.bytes_tail::BIGINT AS bytes_with_tail,
  round(coalesce(sums.listens, 0) / nullif(total.listens, 0), 6) AS share_of_counted_listens,
  round(sums.model / nullif(total.model, 0), 6) AS share_of_modelled_listens,
  round(low / nullif(low + high_all - high, 0), 6) AS model_low,
  round(high / nullif(high + low_all - low, 0), 6) AS model_high
FROM sums, total
ORDER BY tracks;
SELECT 'tracks', 'counted', sum(duration_known)::BIGINT FROM rank_parts
UNION ALL
SELECT 'tracks', 'duration unknown, taken as the mean', sum(tracks - duration_known)::BIGINT FROM rank_parts
