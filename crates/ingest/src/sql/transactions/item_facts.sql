-- How an item sold before a cut.
WITH lines AS (
  SELECT cuts.period, cuts.cut, t.customer, t.item, t.order_id, t.day, t.quantity, t.price, t.cancelled, t.row
  FROM transactions_judged t JOIN cuts ON t.day < cuts.cut
  WHERE t.reason IS NULL
)
SELECT period, item,
       count(DISTINCT CASE WHEN NOT cancelled THEN customer END) AS buyers,
       count(CASE WHEN NOT cancelled THEN 1 END) AS sales,
       count(CASE WHEN NOT cancelled AND day >= cut - 30 THEN 1 END) AS sales_30,
       count(CASE WHEN NOT cancelled AND day >= cut - 60 AND day < cut - 30 THEN 1 END) AS sales_60,
       count(CASE WHEN NOT cancelled AND day >= cut - 7 THEN 1 END) AS sales_7,
       count(CASE WHEN cancelled THEN 1 END) AS cancels,
       max(CASE WHEN NOT cancelled THEN day END) AS last_day, min(day) AS first_day,
       last_value(price ORDER BY day, row) FILTER (WHERE NOT cancelled) AS price
FROM lines
GROUP BY period, item
