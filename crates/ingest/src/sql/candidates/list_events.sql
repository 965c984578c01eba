-- The history of each user with a list, before the list.
SELECT list, seq, item_id, 'click' AS kind, CAST(NULL AS DOUBLE) AS age_s
FROM (
  SELECT lists.row AS list, unnest(users.item_ids) AS item_id, unnest(range(1, users.length + 1)) AS seq
  FROM lists_checked AS lists JOIN histories_checked AS users ON lists.user_hash = users.user_hash
  WHERE lists.reason IS NULL AND users.length > 0 AND (users.reason IS NULL OR users.reason = '{too_short}')
)
