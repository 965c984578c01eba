-- Interactions by session: a pause longer than clean.session_gap_minutes starts a new one. `cancelled`: a purchase that was
-- cancelled later. `label`: the interaction answers a kept list, so it is a label of that list.
WITH done AS (
  SELECT events.row, events.actor, events.item, events.kind, events.time_ms, shown.list AS list,
         max(CASE WHEN events.kind = 'cancel' THEN 1 ELSE 0 END) OVER (
           PARTITION BY events.actor, events.item ORDER BY events.time_ms, events.row
           ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) = 1 AND events.kind = 'purchase' AS cancelled,
         lag(events.time_ms) OVER (PARTITION BY events.actor ORDER BY events.time_ms, events.row) AS before_ms
  FROM events_checked AS events
  LEFT JOIN shown_kept AS shown ON events.ranking = shown.ranking AND events.item = shown.item
  WHERE events.reason IS NULL AND events.event = 'interaction'
)
SELECT row, actor, item, kind, time_ms, cancelled, list, list IS NOT NULL AS label,
       sum(CASE WHEN time_ms - before_ms > {session_gap_ms} THEN 1 ELSE 0 END) OVER (
         PARTITION BY actor ORDER BY time_ms, row ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session
FROM done
