-- The last {longest} items of every history: what the pair statistics look at, so that one endless history cannot flood them.
-- What is held out is not looked at.
SELECT user_hash, session, seq, item
FROM (
  SELECT user_hash, session, seq, item,
         row_number() OVER (PARTITION BY user_hash, session ORDER BY seq DESC) AS back
  FROM ({steps})
  WHERE kind <> 'cancel' AND NOT held_out
)
WHERE back <= {longest}
