-- Queries of at least k distinct visitors. Lists without a visitor do not count.
SELECT lower(query) AS query FROM shown_kept WHERE query IS NOT NULL
GROUP BY lower(query) HAVING count(DISTINCT actor) >= {min_visitors}
