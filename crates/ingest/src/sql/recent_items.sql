-- The last {longest} items of every history, without held-out ones: the input of the pair statistics. The limit keeps a very long
-- history from dominating them.
SELECT user_hash, session, seq, item
FROM (
  SELECT user_hash, session, seq, item,
         row_number() OVER (PARTITION BY user_hash, session ORDER BY seq DESC) AS back
  FROM ({steps})
  WHERE kind <> 'cancel' AND NOT held_out
)
WHERE back <= {longest}
