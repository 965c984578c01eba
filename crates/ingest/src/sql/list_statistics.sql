-- Impressions and interactions by item over the chosen lists. A purchase also counts as a cart event and a click.
SELECT item, count(*) AS impressions, count(*) FILTER (WHERE grade >= 1) AS clicks,
       count(*) FILTER (WHERE grade >= 2) AS carts, count(*) FILTER (WHERE grade >= 3) AS purchases
FROM lists LEFT SEMI JOIN chosen_lists ON lists.list = chosen_lists.list
GROUP BY item
