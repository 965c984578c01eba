-- Impression lists with grades: the strongest reaction to each item, 0 for none. Split by query, else by visitor.
WITH reactions AS (
  SELECT list, item, max(CASE WHEN kind = 'purchase' AND NOT taken_back THEN 3 WHEN kind = 'cart' THEN 2 WHEN kind = 'click' THEN 1 ELSE 0 END) AS grade
  FROM interactions WHERE label GROUP BY list, item
)
SELECT shown.list, coalesce(lower(shown.query), shown.actor, left(encode(sha256(concat('list ', shown.list)), 'hex'), 16)) AS key,
       shown.query, shown.position, shown.item AS item_id, CAST(coalesce(reactions.grade, 0) AS DOUBLE) AS grade
FROM shown_kept AS shown LEFT JOIN reactions ON shown.list = reactions.list AND shown.item = reactions.item
