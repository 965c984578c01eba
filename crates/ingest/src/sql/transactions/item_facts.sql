-- Sales of an item before a cut.
WITH sold AS (
  SELECT cuts.period, p.item,
         count(CASE WHEN NOT cancelled THEN 1 END) AS sales,
         count(CASE WHEN NOT cancelled AND day >= cut - 30 THEN 1 END) AS sales_30,
         count(CASE WHEN NOT cancelled AND day >= cut - 60 AND day < cut - 30 THEN 1 END) AS sales_60,
         count(CASE WHEN NOT cancelled AND day >= cut - 7 THEN 1 END) AS sales_7,
         count(CASE WHEN cancelled THEN 1 END) AS cancels,
         max(CASE WHEN NOT cancelled THEN day END) AS last_day, min(day) AS first_day,
         coalesce(sum(CASE WHEN NOT cancelled AND day >= cut - 30 THEN spend END)
                  / sum(CASE WHEN NOT cancelled AND day >= cut - 30 THEN quantity END),
                  sum(CASE WHEN NOT cancelled THEN spend END) / sum(CASE WHEN NOT cancelled THEN quantity END)) AS price
  FROM purchases p JOIN cuts ON p.day < cuts.cut
  GROUP BY cuts.period, p.item
),
bought AS (
  SELECT period, item, count(*) AS buyers FROM pair_facts GROUP BY period, item
)
SELECT sold.*, bought.buyers FROM sold JOIN bought ON sold.period = bought.period AND sold.item = bought.item
