-- Candidates of another retriever for users with a list.
SELECT row AS list, unnest(item_ids) AS item_id
FROM (
  SELECT lists.row, {item_ids} AS item_ids
  FROM {raw} AS raw JOIN lists_checked AS lists ON {user_hash} = lists.user_hash
  WHERE lists.reason IS NULL AND trim(coalesce(raw.{items}, '')) <> ''
)
