-- Who was shown each list, and when.
SELECT DISTINCT list, actor AS user_hash, time_ms FROM shown_kept
