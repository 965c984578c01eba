-- reviews.parquet: in the order of the file.
SELECT text, category, tone FROM review_rows ORDER BY ord
