-- transitions.parquet: occurrences of `to` one to ten steps after `from`, weighted by 1/gap.
-- The weights are summed as multiples of 1/2520, a multiple of every gap: integers, so the order of summation has no effect.
SELECT earlier.item AS "from", later.item AS "to",
       CAST(sum(2520 / (later.seq - earlier.seq)) / 2520.0 AS REAL) AS weight,
       CAST(count(*) AS INT UNSIGNED) AS count
FROM recent_items AS earlier
JOIN recent_items AS later
  ON earlier.user_hash = later.user_hash AND earlier.session = later.session
  AND later.seq > earlier.seq AND later.seq <= earlier.seq + 10
WHERE earlier.item <> later.item
GROUP BY earlier.item, later.item
ORDER BY earlier.item, later.item
