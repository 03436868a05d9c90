-- Tracks by each measured likelihood, in tenths, and their share of those that were measured.
SELECT
  feature, tenth / 10 AS from_value, (tenth + 1) / 10 AS to_value, tracks,
  round(tracks / sum(tracks) OVER (PARTITION BY feature), 5) AS share
FROM (
  SELECT counted AS feature, twentieth // 2 AS tenth, sum(tracks)::BIGINT AS tracks
  FROM sound_counts
  WHERE counted IN ('energy', 'danceability', 'valence', 'speechiness', 'instrumentalness', 'acousticness', 'liveness')
    AND twentieth IS NOT NULL
  GROUP BY ALL)
ORDER BY feature, tenth;
SELECT 'tracks (' || counted || ')', if(twentieth IS NULL, 'not measured', 'counted'), sum(tracks)::BIGINT
FROM sound_counts
WHERE counted IN ('energy', 'danceability', 'valence', 'speechiness', 'instrumentalness', 'acousticness', 'liveness')
GROUP BY ALL
