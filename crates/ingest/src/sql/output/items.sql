-- items.parquet. Interactions and popularity are from the histories that are not held out, which contain no labels. The rates are from
-- the labels of all lists; `Dataset::list_statistics` computes them for some lists.
WITH done AS (
  SELECT item_id, count(*) AS interactions FROM history_rows WHERE kind <> 'cancel' AND NOT held_out GROUP BY item_id
),
most AS (
  SELECT max(interactions) AS interactions FROM done
),
shown AS (
  SELECT item_id, count(*) AS impressions, count(*) FILTER (WHERE grade >= 1) AS clicks,
         count(*) FILTER (WHERE grade >= 2) AS carts, count(*) FILTER (WHERE grade >= 3) AS purchases
  FROM list_rows WHERE {impressions} GROUP BY item_id
),
overall AS (
  SELECT sum(clicks) / CAST(sum(impressions) AS DOUBLE) AS clicks, sum(carts) / CAST(sum(impressions) AS DOUBLE) AS carts,
         sum(purchases) / CAST(sum(impressions) AS DOUBLE) AS purchases
  FROM shown
)
SELECT item_numbers.item AS "row", id, title, text, category, CAST(price AS REAL) AS price, CAST(rating AS REAL) AS rating,
       CAST(rating_count AS INT UNSIGNED) AS rating_count, image,
       CAST(string_to_array(image_embedding, ' ') AS REAL[]) AS image_embedding,
       CAST(coalesce(done.interactions, 0) AS INT UNSIGNED) AS interactions,
       CAST(shown.impressions AS INT UNSIGNED) AS impressions,
       CAST((shown.clicks + {prior} * overall.clicks) / (shown.impressions + {prior}) AS REAL) AS click_rate,
       CAST((shown.carts + {prior} * overall.carts) / (shown.impressions + {prior}) AS REAL) AS cart_rate,
       CAST((shown.purchases + {prior} * overall.purchases) / (shown.impressions + {prior}) AS REAL) AS purchase_rate,
       CAST(coalesce(ln(1.0 + done.interactions) / ln(1.0 + most.interactions), 0.0) AS REAL) AS popularity
FROM item_numbers
LEFT JOIN done ON item_numbers.id = done.item_id
LEFT JOIN shown ON item_numbers.id = shown.item_id
CROSS JOIN most CROSS JOIN overall
ORDER BY item_numbers.item
