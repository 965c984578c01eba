-- One row per item: the latest value of every fact, and the mean stars of its reviews if the shop gives no rating.
WITH updates AS (
  SELECT raw_facts.*, events_timed.time_ms
  FROM raw_facts JOIN events_timed ON raw_facts.row = events_timed.row
  WHERE events_timed.reason IS NULL
),
latest AS (
  SELECT row, item, {latest},
         row_number() OVER (PARTITION BY item ORDER BY row) AS nth
  FROM updates
),
reviewed AS (
  SELECT item, avg(stars) AS stars, count(*) AS reviews
  FROM events_timed WHERE event = 'review' AND reason IS NULL AND stars BETWEEN 0 AND 5
  GROUP BY item
)
SELECT latest.row AS _row, false AS _too_wide, latest.item AS id, title, text, category, price, image, image_embedding,
       coalesce(rating, CAST(stars AS VARCHAR)) AS rating,
       coalesce(rating_count, CASE WHEN rating IS NULL THEN CAST(reviews AS VARCHAR) END) AS rating_count
FROM latest LEFT JOIN reviewed ON latest.item = reviewed.item
WHERE nth = 1
