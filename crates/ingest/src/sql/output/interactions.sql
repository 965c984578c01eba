-- interactions.parquet: everything that each visitor did, oldest first, with its time in milliseconds since 1970.
SELECT user_hash AS "user", item_numbers.item, kind, CAST(time_ms AS BIGINT) AS time_ms
FROM interaction_rows JOIN item_numbers ON interaction_rows.item_id = item_numbers.id
ORDER BY "user", time_ms, ord
