-- photos.parquet: in the order of reading.
SELECT label, is_test, width, height, channels, bytes FROM photo_rows ORDER BY ord
