-- The rows of a table with trimmed cells. The classes true, false, 0 and 1 are normalised.
SELECT _row AS row, _too_wide AS too_wide, nullif(trim({group}), '') AS group_key,
       CASE WHEN lower(trim({label})) IN ('true', 'false') THEN lower(trim({label}))
            WHEN trim({label}) IN ('0.0', '1.0') THEN left(trim({label}), 1)
            ELSE coalesce(trim({label}), '') END AS label,
       {cells}
FROM raw_table
