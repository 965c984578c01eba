-- 1 for a column of numbers: every cell that is there is one, and they are no codes.
CASE WHEN count({cell}) > 0 AND count({cell}) = count(TRY_CAST({cell} AS DOUBLE))
      AND (count(DISTINCT {cell}) > {codes}
           OR count(*) FILTER (WHERE TRY_CAST({cell} AS DOUBLE) <> floor(TRY_CAST({cell} AS DOUBLE))) > 0)
     THEN 1 ELSE 0 END
