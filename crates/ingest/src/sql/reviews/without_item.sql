-- Reviews that were kept and belong to no item.
SELECT ord AS row, CASE WHEN review_rows.item_id IS NULL THEN 'no item: the review is kept for its sentiment alone'
                        ELSE 'item is not known: the review is kept for its sentiment alone' END AS reason,
       left(concat(review_rows.item_id, ' | ', review_rows.text), 120) AS sample
FROM review_rows LEFT ANTI JOIN item_numbers ON review_rows.item_id = item_numbers.id
