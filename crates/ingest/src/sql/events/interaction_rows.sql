-- All interactions of visitors, the labels of the lists included.
SELECT actor AS user_hash, row AS ord, item AS item_id, kind, time_ms, list FROM interactions
