-- Checks the histories, one row per user: pseudonym, items oldest first, and the next item if the file has it.
WITH parsed AS (
  SELECT _row AS row, _too_wide AS too_wide,
         trim(coalesce({user}, '')) = '' AS no_user,
         {user_hash} AS user_hash,
         trim(coalesce({items}, '')) AS items_text,
         {item_ids} AS item_ids,
         nullif(trim({target}), '') AS target
  FROM {raw}
),
counted AS (
  SELECT *, CASE WHEN items_text = '' THEN 0 ELSE CAST(cardinality(item_ids) AS BIGINT) END AS length,
         row_number() OVER (PARTITION BY user_hash ORDER BY row) AS nth
  FROM parsed
)
SELECT row, user_hash, item_ids, length, target,
       CASE WHEN too_wide THEN 'more fields than columns'
            WHEN no_user THEN 'empty user'
            WHEN nth > 1 THEN 'user twice: the first row is kept'
            WHEN length < {min_history} THEN '{too_short}'
       END AS reason,
       concat(length, ' items') AS sample
FROM counted
