-- The cut dates, in days since 1970: the last is one window before the end of the last day, the others are one window apart.
WITH last AS (
  SELECT floor(max(day)) + 1 AS day FROM transactions_checked WHERE reason IS NULL
)
SELECT CAST({cuts} - n AS INT UNSIGNED) AS period, day - n * {window} AS cut, day - (n - 1) * {window} AS until
FROM last CROSS JOIN (SELECT unnest(range(1, CAST({cuts} AS BIGINT) + 1)) AS n)
