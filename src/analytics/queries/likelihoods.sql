-- Tracks by each measured likelihood, in twentieths.
SELECT counted AS feature, twentieth / 20 AS from_value, (twentieth + 1) / 20 AS to_value, tracks
FROM sound_counts
WHERE counted IN ('energy', 'danceability', 'valence', 'speechiness', 'instrumentalness', 'acousticness', 'liveness')
  AND twentieth IS NOT NULL
ORDER BY feature, twentieth;
SELECT 'tracks (' || counted || ')', if(twentieth IS NULL, 'not measured', 'counted'), sum(tracks)::BIGINT
FROM sound_counts
WHERE counted IN ('energy', 'danceability', 'valence', 'speechiness', 'instrumentalness', 'acousticness', 'liveness')
GROUP BY ALL
