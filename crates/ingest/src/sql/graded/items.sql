-- One item per title of a graded file: the catalogue's item with that title, else one with the hash of the title as identifier.
WITH titles AS (
  SELECT title, min(row) AS ord FROM graded_checked WHERE reason IS NULL GROUP BY title
),
known AS (
  SELECT title, min_by_ord.id FROM (
    SELECT title, id, row_number() OVER (PARTITION BY title ORDER BY ord) AS nth FROM {catalogue}
  ) AS min_by_ord WHERE nth = 1 AND title <> ''
)
SELECT titles.title, titles.ord, known.id IS NOT NULL AS in_catalogue,
       coalesce(known.id, left(encode(sha256(titles.title), 'hex'), 16)) AS id
FROM titles LEFT JOIN known ON titles.title = known.title
