-- Histories as one row per item, oldest first, and one for the next item. Held-out histories are separate sessions.
-- The next item of a user with a list is left out: it is the label of the list.
WITH users AS (
  SELECT checked.row, {held_out} AS held_out, checked.user_hash, checked.item_ids, checked.length, checked.target, listed.user_hash IS NOT NULL AS has_list
  FROM {checked} AS checked LEFT JOIN {listed} AS listed ON checked.user_hash = listed.user_hash
  WHERE checked.reason IS NULL
)
SELECT row AS ord, user_hash, CAST(held_out AS BIGINT) AS session, seq, item_id, 'click' AS kind, has_list, held_out, false AS is_target
FROM (
  SELECT row, user_hash, has_list, held_out, unnest(item_ids) AS item_id, unnest(range(1, length + 1)) AS seq
  FROM users WHERE length > 0
)
UNION ALL
SELECT row AS ord, user_hash, CAST(held_out AS BIGINT) AS session, length + 1 AS seq, target AS item_id, 'click' AS kind, has_list, held_out, true AS is_target
FROM users
WHERE target IS NOT NULL AND NOT has_list
