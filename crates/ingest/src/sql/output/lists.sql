-- lists.parquet: one row per list and item, positions from 1; the visitor and the time (milliseconds since 1970), if known.
SELECT list_numbers.number AS list, list_rows.key, list_rows.query,
       CAST(row_number() OVER (PARTITION BY list_rows.list ORDER BY list_rows.position) AS INT UNSIGNED) AS position,
       item_numbers.item, CAST(list_rows.grade AS REAL) AS grade, next_item.item AS target,
       list_views.user_hash AS "user", CAST(list_views.time_ms AS BIGINT) AS time_ms
FROM list_rows
JOIN list_numbers ON list_rows.list = list_numbers.list
JOIN item_numbers ON list_rows.item_id = item_numbers.id
LEFT JOIN list_views ON list_rows.list = list_views.list
LEFT JOIN list_targets ON list_rows.list = list_targets.list
LEFT JOIN item_numbers AS next_item ON list_targets.item_id = next_item.id
ORDER BY list, position
