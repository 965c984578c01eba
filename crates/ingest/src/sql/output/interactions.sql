-- interactions.parquet: all interactions of each visitor, oldest first, with the time in milliseconds since 1970 and the list
-- that they answer.
SELECT user_hash AS "user", item_numbers.item, kind, CAST(time_ms AS BIGINT) AS time_ms, list_numbers.number AS list
FROM interaction_rows JOIN item_numbers ON interaction_rows.item_id = item_numbers.id
LEFT JOIN list_numbers ON interaction_rows.list = list_numbers.list
ORDER BY "user", time_ms, ord
