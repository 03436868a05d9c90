-- The family of each genre: the first whose list has a word of its name.
CREATE TABLE genre_families AS
SELECT genre, coalesce(arg_min(family, place), 'Other') AS family
FROM (SELECT genre, ' ' || replace(lower(genre), '-', ' ') || ' ' AS words FROM (SELECT DISTINCT genre FROM artist_genres))
LEFT JOIN genre_words ON contains(words, ' ' || word || ' ')
GROUP BY genre
