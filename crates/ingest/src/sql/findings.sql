-- The number of rows of a checked table by reason, and the first three.
SELECT reason, rows, row, sample
FROM (
  SELECT reason, row, coalesce(CAST(sample AS VARCHAR), '') AS sample,
         count(*) OVER (PARTITION BY reason) AS rows,
         row_number() OVER (PARTITION BY reason ORDER BY row, sample) AS nth
  FROM {checked}
  WHERE reason IS NOT NULL
)
WHERE nth <= 3
ORDER BY reason, nth
