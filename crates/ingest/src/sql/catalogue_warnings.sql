-- Products that were kept with a fact left empty: once for each such fact.
WITH odd AS (
  SELECT row, id, unnest(make_array(price_warning, rating_warning, rating_count_warning, embedding_warning)) AS odd
  FROM catalogue_checked
  WHERE reason IS NULL
)
SELECT row, split_part(odd, ': ', 1) AS reason, concat(id, ': ', split_part(odd, ': ', 2)) AS sample
FROM odd
WHERE odd IS NOT NULL
