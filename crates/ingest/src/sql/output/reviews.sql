-- reviews.parquet: in the order of the file. `repeated` marks the text of an earlier row.
SELECT review_rows.text, review_rows.category, sentiment, item_numbers.item, CAST(stars AS REAL) AS stars, repeated
FROM review_rows LEFT JOIN item_numbers ON review_rows.item_id = item_numbers.id
ORDER BY review_rows.ord
