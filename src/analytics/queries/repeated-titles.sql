-- The titles that the most tracks have. They come from the index of whole names, since the tables have no names.
SELECT title, tracks FROM told_titles ORDER BY tracks DESC, title;
SELECT 'tracks', 'counted', tracks FROM track_counts WHERE key = 'all'
