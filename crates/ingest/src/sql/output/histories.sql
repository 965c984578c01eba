-- histories.parquet: the histories of users in order, without the labels of lists. `target` marks the next item.
-- `ord` is the order of the file, or the time if known.
SELECT user_hash AS "user", CAST(session AS INT UNSIGNED) AS session, CAST(seq AS INT UNSIGNED) AS seq, item_numbers.item, kind,
       has_list, held_out, is_target AS target, CAST(ord AS BIGINT) AS ord
FROM history_rows JOIN item_numbers ON history_rows.item_id = item_numbers.id
ORDER BY "user", session, seq
