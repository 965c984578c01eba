-- The visitor and the time of each list.
SELECT DISTINCT list, actor AS user_hash, time_ms FROM shown_kept
