-- What each listed user took next, in the list or not.
SELECT row AS list, target AS item_id FROM lists_checked WHERE reason IS NULL
