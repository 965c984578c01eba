-- The last {longest} interactions of a visitor before a list, oldest first.
WITH lists AS (
  SELECT DISTINCT list, actor, time_ms FROM shown_kept WHERE actor IS NOT NULL
),
before AS (
  SELECT lists.list, interactions.item, interactions.kind, (lists.time_ms - interactions.time_ms) / 1000.0 AS age_s,
         row_number() OVER (PARTITION BY lists.list ORDER BY interactions.time_ms DESC, interactions.row DESC) AS back
  FROM lists JOIN interactions ON lists.actor = interactions.actor AND interactions.time_ms < lists.time_ms
)
SELECT list, {longest} + 1 - back AS seq, item AS item_id, kind, age_s FROM before WHERE back <= {longest}
