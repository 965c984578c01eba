-- Checks the lines of orders. A negative quantity, or one in a cancelling order, is a cancellation.
WITH parsed AS (
  SELECT _row AS row, _too_wide AS too_wide, trim(coalesce({order}, '')) AS order_id, trim(coalesce({customer}, '')) AS customer_name,
         left({customer_hash}, 32) AS customer, trim(coalesce({item}, '')) AS item, {time} AS time,
         TRY_CAST(trim({quantity}) AS DOUBLE) AS quantity, TRY_CAST(trim({price}) AS DOUBLE) AS price,
         {cancelled} OR coalesce(TRY_CAST(trim({quantity}) AS DOUBLE) < 0, false) AS cancelled
  FROM raw_transactions
)
SELECT row, order_id, customer, item, CAST(time AS BIGINT) / 86400.0 AS day, abs(quantity) AS quantity,
       coalesce(price, 0.0) AS price, cancelled,
       CASE WHEN too_wide THEN 'more fields than columns'
            WHEN customer_name = '' THEN 'no customer'
            WHEN item = '' THEN 'no item'
            WHEN time IS NULL THEN 'time cannot be read'
            WHEN quantity IS NULL OR quantity = 0 THEN 'quantity is not a number other than 0'
       END AS reason,
       left(concat(order_id, ' | ', item), 120) AS sample
FROM parsed
