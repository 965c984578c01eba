-- What a customer did with an item in the window after a cut.
SELECT cuts.period, t.customer, t.item, bool_or(NOT t.cancelled) AS bought, bool_or(t.cancelled) AS cancelled
FROM transactions_judged t JOIN cuts ON t.day >= cuts.cut AND t.day < cuts.until
WHERE t.reason IS NULL
GROUP BY cuts.period, t.customer, t.item
