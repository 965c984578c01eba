-- Checks the shop's lists, one row per user. The label is the user's next item; a user without one is dropped.
WITH parsed AS (
  SELECT _row AS row, _too_wide AS too_wide,
         trim(coalesce({user}, '')) = '' AS no_user,
         {user_hash} AS user_hash,
         trim(coalesce({items}, '')) AS items_text,
         {item_ids} AS item_ids
  FROM {raw}
),
counted AS (
  SELECT *, row_number() OVER (PARTITION BY user_hash ORDER BY row) AS nth FROM parsed
),
users AS (
  SELECT user_hash, target FROM histories_checked WHERE reason IS NULL OR reason = '{too_short}'
)
SELECT counted.row, counted.user_hash, item_ids, users.target,
       CASE WHEN too_wide THEN 'more fields than columns'
            WHEN no_user THEN 'empty user'
            WHEN nth > 1 THEN 'user twice: the first row is kept'
            WHEN items_text = '' THEN 'empty list'
            WHEN users.user_hash IS NULL THEN 'user is not in the histories'
            WHEN users.target IS NULL THEN 'no next item in the histories'
       END AS reason,
       left(items_text, 60) AS sample
FROM counted LEFT JOIN users ON counted.user_hash = users.user_hash
