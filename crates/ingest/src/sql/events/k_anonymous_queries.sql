-- Queries that enough different visitors searched for; a list that names no visitor counts for none.
SELECT lower(query) AS query FROM shown_kept WHERE query IS NOT NULL
GROUP BY lower(query) HAVING count(DISTINCT actor) >= {min_visitors}
