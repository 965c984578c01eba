-- Checks the rows of a table. The key is equal for rows of one group, or for equal rows.
SELECT row, label, {cells},
       left(encode(sha256(coalesce({key}, '')), 'hex'), 32) AS key,
       CASE WHEN too_wide THEN 'more fields than columns'
            WHEN label = '' THEN 'no label'
            WHEN {unknown_class} THEN 'label is not in table.classes'
       END AS reason,
       left(label, 120) AS sample
FROM table_trimmed
