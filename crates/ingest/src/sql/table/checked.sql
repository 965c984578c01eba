-- A table's rows, checked. The key keeps rows together that say the same, or that are of one group.
SELECT row, label, {cells},
       left(encode(sha256(coalesce({key}, '')), 'hex'), 32) AS key,
       CASE WHEN too_wide THEN 'more fields than columns'
            WHEN label = '' THEN 'no label'
            WHEN {unknown_class} THEN 'label is none of table.classes'
       END AS reason,
       left(label, 120) AS sample
FROM table_trimmed
