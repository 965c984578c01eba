-- All items, numbered from 0: the products in the shop's order, then items known by title only, then items known by reference only.
WITH products AS (
  SELECT 0 AS origin, ord, id, title, text, category, price, rating, rating_count, image, image_embedding FROM catalogue
  UNION ALL
  SELECT 1 AS origin, ord, id, title, text, category, price, rating, rating_count, image, image_embedding FROM graded_catalogue
),
referenced AS (
  SELECT item_id AS id FROM list_rows
  UNION SELECT item_id AS id FROM list_targets
  UNION SELECT item_id AS id FROM list_events
  UNION SELECT item_id AS id FROM list_training
  UNION SELECT item_id AS id FROM history_rows
  UNION SELECT item_id AS id FROM interaction_rows
),
everything AS (
  SELECT * FROM products
  UNION ALL
  SELECT 2 AS origin, 0 AS ord, id, '' AS title, '' AS text, CAST(NULL AS VARCHAR) AS category, CAST(NULL AS DOUBLE) AS price,
         CAST(NULL AS DOUBLE) AS rating, CAST(NULL AS DOUBLE) AS rating_count, CAST(NULL AS VARCHAR) AS image,
         CAST(NULL AS VARCHAR) AS image_embedding
  FROM referenced LEFT ANTI JOIN products ON referenced.id = products.id
)
SELECT CAST(row_number() OVER (ORDER BY origin, ord, id) - 1 AS INT UNSIGNED) AS item,
       origin, id, title, text, category, price, rating, rating_count, image, image_embedding
FROM everything
