-- Activity of a customer before a cut.
WITH visits AS (
  SELECT cuts.period, cuts.cut, t.customer, t.order_id, min(t.day) AS day, count(*) AS lines, sum(t.quantity * t.price) AS spend,
         t.cancelled
  FROM transactions_checked t JOIN cuts ON t.day < cuts.cut
  WHERE t.reason IS NULL
  GROUP BY cuts.period, cuts.cut, t.customer, t.order_id, t.cancelled
)
SELECT period, customer,
       count(CASE WHEN NOT cancelled THEN 1 END) AS orders,
       count(CASE WHEN NOT cancelled AND day >= cut - 30 THEN 1 END) AS orders_30,
       count(CASE WHEN NOT cancelled AND day >= cut - 90 THEN 1 END) AS orders_90,
       min(day) AS first_day, max(CASE WHEN NOT cancelled THEN day END) AS last_day,
       avg(CASE WHEN NOT cancelled THEN lines END) AS lines_an_order,
       avg(CASE WHEN NOT cancelled THEN spend END) AS spend_an_order,
       count(CASE WHEN cancelled THEN 1 END) AS cancels,
       count(CASE WHEN cancelled AND day >= cut - 90 THEN 1 END) AS cancels_90,
       sum(CASE WHEN cancelled THEN lines ELSE 0 END) AS lines_cancelled
FROM visits
GROUP BY period, customer
