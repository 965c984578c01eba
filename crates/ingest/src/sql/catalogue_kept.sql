-- The kept products, in the order of the shop's table.
SELECT row AS ord, id, title, text, category, price, rating, rating_count, image, image_embedding
FROM catalogue_checked
WHERE reason IS NULL
