-- Artists by the country that their source gives them.
SELECT place, count(*) AS artists
FROM artists WHERE place IS NOT NULL
GROUP BY place
ORDER BY artists DESC, place
LIMIT 50;
SELECT 'artists', if(place IS NULL, 'place unknown', 'counted'), count(*) FROM artists GROUP BY ALL
