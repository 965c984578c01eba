-- The last {longest} items of every history: what the pair statistics look at, so that one endless history cannot flood them.
-- What is held out is not looked at.
SELECT user_hash, session, seq, item
FROM (
  SELECT user_hash, session, seq, item_numbers.item,
         row_number() OVER (PARTITION BY user_hash, session ORDER BY seq DESC) AS back
  FROM history_rows JOIN item_numbers ON history_rows.item_id = item_numbers.id
  WHERE kind <> 'cancel' AND NOT held_out
)
WHERE back <= {longest}
