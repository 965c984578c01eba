-- Purchases and cancellations of an item by a customer before a cut.
SELECT cuts.period, cuts.cut, p.customer, p.item, min(p."row") AS first_row,
       count(CASE WHEN NOT cancelled THEN 1 END) AS orders,
       count(CASE WHEN NOT cancelled AND day >= cut - 30 THEN 1 END) AS orders_30,
       count(CASE WHEN NOT cancelled AND day >= cut - 90 THEN 1 END) AS orders_90,
       min(CASE WHEN NOT cancelled THEN day END) AS first_day, max(CASE WHEN NOT cancelled THEN day END) AS last_day,
       sum(CASE WHEN NOT cancelled THEN quantity ELSE 0 END) AS quantity,
       sum(CASE WHEN NOT cancelled THEN spend ELSE 0 END) AS spend,
       count(CASE WHEN cancelled THEN 1 END) AS cancels, max(CASE WHEN cancelled THEN day END) AS last_cancel
FROM purchases p JOIN cuts ON p.day < cuts.cut
GROUP BY cuts.period, cuts.cut, p.customer, p.item
HAVING count(CASE WHEN NOT cancelled THEN 1 END) > 0
