-- transitions.parquet: how often `to` came one to ten steps after `from`; a step further weighs 1/gap.
-- The weights are added up as multiples of 1/2520, which every gap divides: whole numbers, so the order of adding means nothing.
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
