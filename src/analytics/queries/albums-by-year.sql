-- Albums by release year.
SELECT
  release_year // year_bin * year_bin AS from_year, release_year // year_bin * year_bin + year_bin - 1 AS to_year,
  count(*) AS albums
FROM albums, settings
WHERE release_year IS NOT NULL
GROUP BY ALL
ORDER BY 1;
SELECT 'albums', if(release_year IS NULL, 'release year unknown', 'counted'), count(*) FROM albums GROUP BY ALL
