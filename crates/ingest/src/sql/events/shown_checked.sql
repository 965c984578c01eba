-- Checks the items of the kept impression lists.
SELECT events.row, events.row AS list, events.id AS ranking, events.actor, events.query, events.time_ms, shown.position, shown.item,
       CASE WHEN shown.item = '' THEN 'empty item id'
            WHEN {unknown} THEN 'unknown item'
            WHEN row_number() OVER (PARTITION BY events.row, shown.item ORDER BY shown.position) > 1
              THEN 'item twice in a list: the better position is kept'
       END AS reason,
       shown.item AS sample
FROM events_checked AS events
JOIN raw_shown AS shown ON events.row = shown.row
LEFT JOIN known_items ON shown.item = known_items.id
WHERE events.event = 'ranking' AND events.reason IS NULL AND {with_lists}
