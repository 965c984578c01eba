-- Impressions and reactions by item over the chosen lists; a stronger reaction counts as the weaker ones too.
SELECT item, count(*) AS impressions, count(*) FILTER (WHERE grade >= 1) AS clicks,
       count(*) FILTER (WHERE grade >= 2) AS carts, count(*) FILTER (WHERE grade >= 3) AS purchases
FROM lists LEFT SEMI JOIN chosen_lists ON lists.list = chosen_lists.list
GROUP BY item
