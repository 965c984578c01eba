-- cooccurrence.parquet: the number of histories with both items of a pair, a < b.
WITH distinct_items AS (
  SELECT DISTINCT user_hash, session, item FROM recent_items
)
SELECT first_item.item AS a, second_item.item AS b, CAST(count(*) AS INT UNSIGNED) AS count
FROM distinct_items AS first_item
JOIN distinct_items AS second_item
  ON first_item.user_hash = second_item.user_hash AND first_item.session = second_item.session AND first_item.item < second_item.item
GROUP BY first_item.item, second_item.item
ORDER BY a, b
