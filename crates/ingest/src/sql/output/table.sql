-- table.parquet: in the order of the file.
SELECT * FROM table_rows ORDER BY row
