-- Kept reviews without a known item.
SELECT ord AS row, CASE WHEN review_rows.item_id IS NULL THEN 'no item: the review is kept for its sentiment only'
                        ELSE 'unknown item: the review is kept for its sentiment only' END AS reason,
       left(concat(review_rows.item_id, ' | ', review_rows.text), 120) AS sample
FROM review_rows LEFT ANTI JOIN item_numbers ON review_rows.item_id = item_numbers.id
