-- Genres gathered into families: how many artists have a genre of the family, and how many tags that makes, since an
-- artist may have several.
WITH
  families AS (
    SELECT artist, artist_genres.genre, genre_families.family AS family
    FROM artist_genres JOIN genre_families USING (genre)),
  leaves AS (
    SELECT family, genre, count(*) AS tags, row_number() OVER (PARTITION BY family ORDER BY count(*) DESC, genre) AS place
    FROM families GROUP BY family, genre),
  totals AS (
    SELECT family, sum(tags)::BIGINT AS tags, sum(artists)::BIGINT AS artists
    FROM (
      SELECT family, count(*) AS tags, 1 AS artists FROM families GROUP BY family, artist)
    GROUP BY family)
SELECT family, genre, shown.artists, shown.tags
FROM (
  SELECT family, NULL AS genre, artists, tags, 0 AS place FROM totals
  UNION ALL
  SELECT family, genre, tags, tags, place FROM leaves WHERE place <= 5) AS shown
JOIN totals USING (family)
ORDER BY totals.artists DESC, family, place;
SELECT 'artists', if(coalesce(len(genres), 0) = 0, 'no genre', 'counted'), count(*) FROM artists GROUP BY ALL
UNION ALL
SELECT 'tags', 'counted', count(*) FROM artist_genres
