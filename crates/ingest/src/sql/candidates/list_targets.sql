-- The next item of each user with a list, in the list or not.
SELECT row AS list, target AS item_id FROM lists_checked WHERE reason IS NULL
