-- One list per query, in the order of the file, which has no meaning.
SELECT min(row) OVER (PARTITION BY key) AS list, key,
       first_value(query) OVER (PARTITION BY key ORDER BY row) AS query,
       row_number() OVER (PARTITION BY key ORDER BY row) AS position,
       graded_items.id AS item_id, grade
FROM graded_checked JOIN graded_items ON graded_checked.title = graded_items.title
WHERE reason IS NULL
