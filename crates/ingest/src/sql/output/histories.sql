-- histories.parquet: what users did outside of the lists' labels, in order. `target` marks the item that came next;
-- a rising `ord` is the order of the file, or of time where times are known.
SELECT user_hash AS "user", CAST(session AS INT UNSIGNED) AS session, CAST(seq AS INT UNSIGNED) AS seq, item_numbers.item, kind,
       has_list, held_out, is_target AS target, CAST(ord AS BIGINT) AS ord
FROM history_rows JOIN item_numbers ON history_rows.item_id = item_numbers.id
ORDER BY "user", session, seq
