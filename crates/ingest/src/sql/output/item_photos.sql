-- item_photos.parquet: the photos of items, in the order of the items.
SELECT CAST(item AS INT UNSIGNED) AS item, bytes FROM item_photo_rows ORDER BY item
