-- Referenced items that are not in the catalogue.
SELECT CAST(item AS BIGINT) + 1 AS row, 'item is not in the catalogue: kept without a title' AS reason, id AS sample
FROM item_numbers
WHERE origin = 2
