-- Impression lists with the grade of the strongest interaction with each item, 0 for none. The key is the query if it is
-- k-anonymous, else the visitor.
WITH grades AS (
  SELECT list, item, max(CASE WHEN kind = 'purchase' AND NOT cancelled THEN 3 WHEN kind = 'cart' THEN 2 WHEN kind = 'click' THEN 1 ELSE 0 END) AS grade
  FROM interactions WHERE label GROUP BY list, item
)
SELECT shown.list, coalesce(k_anonymous_queries.query, shown.actor, left(encode(sha256(concat('list ', shown.list)), 'hex'), 16)) AS key,
       CASE WHEN k_anonymous_queries.query IS NOT NULL THEN shown.query END AS query, shown.position, shown.item AS item_id, CAST(coalesce(grades.grade, 0) AS DOUBLE) AS grade
FROM shown_kept AS shown LEFT JOIN grades ON shown.list = grades.list AND shown.item = grades.item
LEFT JOIN k_anonymous_queries ON lower(shown.query) = k_anonymous_queries.query
