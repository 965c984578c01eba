-- One row per cut, customer and item bought before it. Times are in days before the cut. Customers are numbered: their hashes
-- depend on the salt, and the same orders must give the same rows.
WITH customers AS (
  SELECT customer, CAST(row_number() OVER (ORDER BY min(first_row)) AS VARCHAR) AS number FROM pair_facts GROUP BY customer
)
SELECT row_number() OVER (ORDER BY p.period, p.first_row) AS row,
       CASE WHEN o.bought AND o.cancelled THEN 'cancelled' WHEN o.bought THEN 'bought' ELSE 'not bought' END AS label,
       n.number AS key, p.period,
       CAST(p.orders AS REAL) AS "cell:orders",
       CAST(p.orders_30 AS REAL) AS "cell:orders_30_days",
       CAST(p.orders_90 AS REAL) AS "cell:orders_90_days",
       CAST(p.cut - p.last_day AS REAL) AS "cell:days_since_last",
       CAST(p.cut - p.first_day AS REAL) AS "cell:days_since_first",
       CAST(CASE WHEN p.orders > 1 THEN (p.last_day - p.first_day) / (p.orders - 1) END AS REAL) AS "cell:mean_gap",
       CAST(CASE WHEN p.orders > 1 AND p.last_day > p.first_day
                 THEN (p.cut - p.last_day) * (p.orders - 1) / (p.last_day - p.first_day) END AS REAL) AS "cell:gaps_since_last",
       CAST(p.quantity / p.orders AS REAL) AS "cell:quantity_an_order",
       CAST(last.quantity AS REAL) AS "cell:last_quantity",
       CAST(p.spend AS REAL) AS "cell:spend",
       CAST(last.spend / last.quantity AS REAL) AS "cell:last_price",
       CAST(CASE WHEN last.spend > 0 THEN i.price * last.quantity / last.spend END AS REAL) AS "cell:price_now_over_paid",
       CAST(p.cancels AS REAL) AS "cell:cancels",
       CAST(p.cut - p.last_cancel AS REAL) AS "cell:days_since_cancel",
       CAST(p.orders / (c.orders + 1.0) AS REAL) AS "cell:share_of_orders",
       CAST(c.orders AS REAL) AS "cell:customer_orders",
       CAST(c.orders_30 AS REAL) AS "cell:customer_orders_30_days",
       CAST(c.orders_90 AS REAL) AS "cell:customer_orders_90_days",
       CAST(p.cut - c.last_day AS REAL) AS "cell:customer_days_since_last",
       CAST(p.cut - c.first_day AS REAL) AS "cell:customer_days_since_first",
       CAST((c.last_day - c.first_day) / greatest(c.orders - 1, 1) AS REAL) AS "cell:customer_mean_gap",
       CAST(c.lines_an_order AS REAL) AS "cell:customer_lines_an_order",
       CAST(c.spend_an_order AS REAL) AS "cell:customer_spend_an_order",
       CAST(c.cancels / (c.orders + 1.0) AS REAL) AS "cell:customer_cancel_rate",
       CAST(c.cancels_90 AS REAL) AS "cell:customer_cancels_90_days",
       CAST(c.lines_cancelled / (c.orders * c.lines_an_order + 10.0) AS REAL) AS "cell:customer_lines_cancelled",
       CAST(i.buyers AS REAL) AS "cell:item_buyers",
       CAST(i.sales / CAST(i.buyers AS DOUBLE) AS REAL) AS "cell:item_sales_a_buyer",
       CAST(i.sales_30 AS REAL) AS "cell:item_sales_30_days",
       CAST(i.sales_7 AS REAL) AS "cell:item_sales_7_days",
       CAST(ln((i.sales_30 + 1.0) / (i.sales_60 + 1.0)) AS REAL) AS "cell:item_trend",
       CAST(p.cut - i.last_day AS REAL) AS "cell:item_days_since_last",
       CAST(p.cut - i.first_day AS REAL) AS "cell:item_days_since_first",
       CAST(i.cancels / (i.sales + 20.0) AS REAL) AS "cell:item_cancel_rate"
FROM pair_facts p
JOIN purchases last ON p.customer = last.customer AND p.item = last.item AND p.last_day = last.day AND NOT last.cancelled
JOIN customers n ON p.customer = n.customer
JOIN customer_facts c ON p.period = c.period AND p.customer = c.customer
JOIN item_facts i ON p.period = i.period AND p.item = i.item
LEFT JOIN outcomes o ON p.period = o.period AND p.customer = o.customer AND p.item = o.item
