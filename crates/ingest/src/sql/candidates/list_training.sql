-- Distinct candidates of other retrievers only.
SELECT DISTINCT training.list, training.item_id
FROM ({training}) AS training
LEFT ANTI JOIN list_rows ON training.list = list_rows.list AND training.item_id = list_rows.item_id
