-- Checks the candidates of the kept lists. A repeated item keeps its better position.
WITH candidates AS (
  SELECT row AS list, user_hash, target, unnest(item_ids) AS item_id,
         unnest(range(1, CAST(cardinality(item_ids) AS BIGINT) + 1)) AS position
  FROM lists_checked
  WHERE reason IS NULL
)
SELECT list AS row, user_hash, item_id, position, CASE WHEN item_id = target THEN 1.0 ELSE 0.0 END AS grade,
       CASE WHEN row_number() OVER (PARTITION BY list, item_id ORDER BY position) > 1
            THEN 'item twice in a list: the better position is kept' END AS reason,
       item_id AS sample
FROM candidates
