-- What a customer bought or sent back of an item at one time.
SELECT customer, item, day, cancelled, sum(quantity) AS quantity, sum(quantity * price) AS spend, min("row") AS "row"
FROM transactions_checked
WHERE reason IS NULL
GROUP BY customer, item, day, cancelled
