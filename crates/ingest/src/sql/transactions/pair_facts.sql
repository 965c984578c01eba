-- What a customer had done with an item before a cut.
WITH lines AS (
  SELECT cuts.period, cuts.cut, t.customer, t.item, t.order_id, t.day, t.quantity, t.price, t.cancelled, t.row
  FROM transactions_judged t JOIN cuts ON t.day < cuts.cut
  WHERE t.reason IS NULL
)
SELECT period, customer, item, max(cut) AS cut, min("row") AS first_row,
       count(DISTINCT CASE WHEN NOT cancelled THEN order_id END) AS orders,
       min(CASE WHEN NOT cancelled THEN day END) AS first_day, max(CASE WHEN NOT cancelled THEN day END) AS last_day,
       sum(CASE WHEN NOT cancelled THEN quantity ELSE 0 END) AS quantity,
       sum(CASE WHEN NOT cancelled THEN quantity * price ELSE 0 END) AS spend,
       count(DISTINCT CASE WHEN NOT cancelled AND day >= cut - 30 THEN order_id END) AS orders_30,
       count(DISTINCT CASE WHEN NOT cancelled AND day >= cut - 90 THEN order_id END) AS orders_90,
       count(DISTINCT CASE WHEN cancelled THEN order_id END) AS cancels,
       max(CASE WHEN cancelled THEN day END) AS last_cancel,
       last_value(quantity ORDER BY day, row) FILTER (WHERE NOT cancelled) AS last_quantity,
       last_value(price ORDER BY day, row) FILTER (WHERE NOT cancelled) AS last_price
FROM lines
GROUP BY period, customer, item
HAVING count(CASE WHEN NOT cancelled THEN 1 END) > 0
