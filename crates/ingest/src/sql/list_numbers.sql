-- Lists, numbered from 0 in the order of the file.
SELECT list, CAST(row_number() OVER (ORDER BY list) - 1 AS INT UNSIGNED) AS number
FROM (SELECT DISTINCT list FROM list_rows)
