-- Warnings about a column of the kept rows.
WITH kept AS (
  SELECT row, {cell} AS cell, {raw} AS raw FROM table_checked WHERE reason IS NULL
),
spread AS (
  SELECT count(DISTINCT cell) <= 1 AND count(*) > 1 AND count(cell) IN (0, count(*)) AS constant FROM kept
)
SELECT row, coalesce(raw, '') AS sample,
       CASE WHEN constant THEN {constant}
            WHEN cell IS NULL AND raw IS NOT NULL AND {numeric} THEN {no_number}
            WHEN cell IS NULL THEN {missing}
       END AS reason
FROM kept CROSS JOIN spread
