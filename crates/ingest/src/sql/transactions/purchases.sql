-- Quantity and amount of an item that a customer bought or cancelled at one time.
SELECT customer, item, day, cancelled, sum(quantity) AS quantity, sum(quantity * price) AS spend, min("row") AS "row"
FROM transactions_checked
WHERE reason IS NULL
GROUP BY customer, item, day, cancelled
