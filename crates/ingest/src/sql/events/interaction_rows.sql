-- Everything that visitors did, the labels of the lists too.
SELECT actor AS user_hash, row AS ord, item AS item_id, kind, time_ms, list FROM interactions
