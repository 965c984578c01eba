-- A product table of the titles that are not in the catalogue.
SELECT ord, id, title, '' AS text, CAST(NULL AS VARCHAR) AS category, CAST(NULL AS DOUBLE) AS price,
       CAST(NULL AS DOUBLE) AS rating, CAST(NULL AS DOUBLE) AS rating_count, CAST(NULL AS VARCHAR) AS image,
       CAST(NULL AS VARCHAR) AS image_embedding
FROM graded_items
WHERE NOT in_catalogue
