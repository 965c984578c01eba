-- One row for each value of a kept product that was left empty.
WITH warnings AS (
  SELECT row, id, unnest(make_array(price_warning, rating_warning, rating_count_warning, embedding_warning)) AS warning
  FROM catalogue_checked
  WHERE reason IS NULL
)
SELECT row, split_part(warning, ': ', 1) AS reason, concat(id, ': ', split_part(warning, ': ', 2)) AS sample
FROM warnings
WHERE warning IS NOT NULL
