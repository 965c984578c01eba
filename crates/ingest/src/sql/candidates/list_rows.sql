-- One row per list and item, in the shop's order.
SELECT row AS list, user_hash AS key, CAST(NULL AS VARCHAR) AS query, position, item_id, grade
FROM list_items_checked
WHERE reason IS NULL
