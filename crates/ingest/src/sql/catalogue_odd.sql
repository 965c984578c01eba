-- Products that were kept with a fact left empty: once for each such fact.
WITH odd AS (
  SELECT row, id, unnest(make_array(odd_price, odd_rating, odd_rating_count, odd_embedding)) AS odd
  FROM catalogue_judged
  WHERE reason IS NULL
)
SELECT row, split_part(odd, ': ', 1) AS reason, concat(id, ': ', split_part(odd, ': ', 2)) AS sample
FROM odd
WHERE odd IS NOT NULL
