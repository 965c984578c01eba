-- list_sessions.parquet: the session of the visitor before the list, oldest first.
SELECT list_numbers.number AS list, CAST(seq AS INT UNSIGNED) AS seq, item_numbers.item, kind, CAST(age_s AS REAL) AS age_s
FROM list_events
JOIN list_numbers ON list_events.list = list_numbers.list
JOIN item_numbers ON list_events.item_id = item_numbers.id
ORDER BY list, seq
