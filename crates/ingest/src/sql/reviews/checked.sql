-- Checks reviews. The sentiment is the label if the store names one, else from the stars. A repeated text is dropped, so that no text
-- is in two splits; a review of an item is marked as repeated instead, since it counts for that item.
WITH parsed AS (
  SELECT _row AS row, _too_wide AS too_wide, btrim({text}, concat(' ', chr(10))) AS text, nullif(trim({category}), '') AS category,
         lower(trim(coalesce({label}, ''))) AS label, trim(coalesce({rating}, '')) AS rating_text,
         TRY_CAST(trim({rating}) AS DOUBLE) AS rating, nullif(trim({item}), '') AS item_id
  FROM raw_reviews
),
named AS (
  SELECT *, CASE WHEN {has_label} THEN
                   CASE WHEN label IN ('negative', '0', '0.0', 'false') THEN 'negative'
                        WHEN label = 'neutral' THEN 'neutral'
                        WHEN label IN ('positive', '1', '1.0', 'true') THEN 'positive' END
                 ELSE CASE WHEN rating >= 1 AND rating <= 2 THEN 'negative'
                           WHEN rating > 2 AND rating < 4 THEN 'neutral'
                           WHEN rating >= 4 AND rating <= 5 THEN 'positive' END
            END AS sentiment,
            CASE WHEN {has_label} THEN label ELSE rating_text END AS stated
  FROM parsed
),
checked AS (
  SELECT *, CASE WHEN too_wide THEN 'more fields than columns'
                 WHEN text = '' THEN 'empty text'
                 WHEN stated = '' THEN 'no sentiment'
                 WHEN sentiment IS NULL AND {has_label} THEN 'label is not negative, neutral, positive, 0 or 1'
                 WHEN sentiment IS NULL THEN 'rating is not a number from 1 to 5'
            END AS bad
  FROM named
),
repeated AS (
  SELECT *, row_number() OVER (PARTITION BY bad IS NULL, lower(text) ORDER BY row) AS nth FROM checked
)
SELECT row, text, category, sentiment, item_id, CASE WHEN rating >= 1 AND rating <= 5 THEN rating END AS stars, nth > 1 AS repeated,
       CASE WHEN bad IS NOT NULL THEN bad WHEN nth > 1 AND item_id IS NULL THEN 'repeated text' END AS reason,
       left(concat(stated, ' | ', text), 120) AS sample
FROM repeated
