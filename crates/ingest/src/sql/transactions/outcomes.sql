-- Purchases and cancellations of an item by a customer in the window after a cut.
SELECT cuts.period, p.customer, p.item, bool_or(NOT p.cancelled) AS bought, bool_or(p.cancelled) AS cancelled
FROM purchases p JOIN cuts ON p.day >= cuts.cut AND p.day < cuts.until
GROUP BY cuts.period, p.customer, p.item
