-- Checks each line of the log: readable, event id not repeated, possible time. The time is in milliseconds since 1970.
WITH parsed AS (
  SELECT *,
         CASE WHEN regexp_like(timestamp, '^[0-9]{9,10}$') THEN TRY_CAST(timestamp AS BIGINT) * 1000
              WHEN regexp_like(timestamp, '^[0-9]{12,13}$') THEN TRY_CAST(timestamp AS BIGINT)
              ELSE CAST(TRY_CAST(timestamp AS TIMESTAMP(3)) AS BIGINT)
         END AS time_ms
  FROM raw_events
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY event, id ORDER BY row) AS nth FROM parsed
)
SELECT row, stars, event, id, "user", session, item, kind, ranking, query, time_ms, sample, timestamp,
       CASE WHEN unreadable IS NOT NULL THEN unreadable
            WHEN id IS NOT NULL AND nth > 1 THEN 'event id twice: the first is kept'
            WHEN time_ms IS NULL THEN 'time cannot be read'
            WHEN time_ms < {earliest_ms} THEN 'time before clean.earliest'
            WHEN time_ms > {latest_ms} THEN 'time in the future'
            WHEN event IN ('item', 'interaction', 'review') AND item IS NULL THEN 'empty item id'
       END AS reason
FROM numbered
