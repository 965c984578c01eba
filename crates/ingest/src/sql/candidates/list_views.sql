-- Whose list it is. When it was shown is not known.
SELECT row AS list, user_hash, CAST(NULL AS BIGINT) AS time_ms FROM lists_checked WHERE reason IS NULL
