-- Checks the product table: every row with the reason for dropping it, or NULL.
-- An invalid value, such as a negative price, is left empty with a reason in `…_warning`.
WITH parsed AS (
  SELECT _row AS row, _too_wide AS too_wide,
         trim(coalesce({id}, '')) AS id,
         {title} AS title,
         {text} AS text,
         nullif({category}, '') AS category,
         trim({price}) AS price_text, TRY_CAST(trim({price}) AS DOUBLE) AS price,
         trim({rating}) AS rating_text, TRY_CAST(trim({rating}) AS DOUBLE) AS rating,
         trim({rating_count}) AS rating_count_text, TRY_CAST(trim({rating_count}) AS DOUBLE) AS rating_count,
         nullif(trim({image}), '') AS image,
         nullif({image_embedding}, '') AS image_embedding
  FROM {raw}
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY row) AS nth,
         CASE WHEN array_length(string_to_array(image_embedding, ' ')) <> {embedding_dim} THEN 'it does not have {embedding_dim} numbers'
              -- At most two digits of exponent: the cast below overflows with more.
              WHEN NOT regexp_like(image_embedding, '^(-?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]{1,2})?( |$))+$')
                OR array_max(TRY_CAST(string_to_array(image_embedding, ' ') AS DOUBLE[])) > 1e6
                OR array_min(TRY_CAST(string_to_array(image_embedding, ' ') AS DOUBLE[])) < -1e6
                THEN 'an element is not a finite number'
         END AS bad_embedding
  FROM parsed
)
SELECT row, id, title, text, category, image,
       CASE WHEN bad_embedding IS NULL THEN image_embedding END AS image_embedding,
       CASE WHEN price > 0 AND price < 1e9 THEN price END AS price,
       CASE WHEN rating >= 0 AND rating <= 5 THEN rating END AS rating,
       CASE WHEN rating_count >= 0 AND rating_count < 4e9 THEN floor(rating_count) END AS rating_count,
       CASE WHEN too_wide THEN 'more fields than columns'
            WHEN id = '' THEN 'empty item id'
            WHEN nth > 1 THEN 'item id twice: the first row is kept'
       END AS reason,
       left(concat(id, ' ', title), 80) AS sample,
       CASE WHEN price_text <> '' AND NOT coalesce(price > 0 AND price < 1e9, false)
              THEN concat('price left empty, it is not a positive number: ', price_text) END AS price_warning,
       CASE WHEN rating_text <> '' AND NOT coalesce(rating >= 0 AND rating <= 5, false)
              THEN concat('rating left empty, it is not between 0 and 5: ', rating_text) END AS rating_warning,
       CASE WHEN rating_count_text <> '' AND NOT coalesce(rating_count >= 0 AND rating_count < 4e9, false)
              THEN concat('rating count left empty, it is not a number: ', rating_count_text) END AS rating_count_warning,
       CASE WHEN bad_embedding IS NOT NULL THEN concat('image_embedding left empty, ', bad_embedding, ': ', left(image_embedding, 60)) END AS embedding_warning
FROM ranked
