-- list_training_items.parquet: candidates of other retrievers only.
SELECT list_numbers.number AS list, item_numbers.item
FROM list_training
JOIN list_numbers ON list_training.list = list_numbers.list
JOIN item_numbers ON list_training.item_id = item_numbers.id
ORDER BY list, item
