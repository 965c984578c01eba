-- 1 for a numeric column: all its cells are numbers, and they are not codes.
WITH cells AS (
  SELECT {cell} AS cell, TRY_CAST({cell} AS DOUBLE) AS number FROM table_trimmed
),
counted AS (
  SELECT count(cell) AS cells, count(number) AS numbers, count(CASE WHEN number <> floor(number) THEN 1 END) AS fractions FROM cells
),
distinct_cells AS (
  SELECT count(*) AS names FROM (SELECT DISTINCT cell FROM cells WHERE cell IS NOT NULL)
)
SELECT CASE WHEN cells > 0 AND cells = numbers AND (fractions > 0 OR names > {codes}) THEN 1 ELSE 0 END
FROM counted CROSS JOIN distinct_cells
