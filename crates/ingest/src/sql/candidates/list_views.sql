-- The visitor of each list. The time is unknown.
SELECT row AS list, user_hash, CAST(NULL AS BIGINT) AS time_ms FROM lists_checked WHERE reason IS NULL
