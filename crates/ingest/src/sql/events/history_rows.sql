-- The kept sessions as histories, ordered by their start.
SELECT min(interactions.time_ms) OVER (PARTITION BY interactions.actor, interactions.session) AS ord,
       interactions.actor AS user_hash, interactions.session,
       row_number() OVER (PARTITION BY interactions.actor, interactions.session ORDER BY interactions.time_ms, interactions.row) AS seq,
       interactions.item AS item_id, interactions.kind, listed.actor IS NOT NULL AS has_list,
       false AS held_out, false AS is_target
FROM interactions
JOIN sessions_checked AS sessions ON interactions.actor = sessions.actor AND interactions.session = sessions.session
LEFT JOIN (SELECT DISTINCT actor FROM shown_kept WHERE actor IS NOT NULL) AS listed ON interactions.actor = listed.actor
WHERE NOT interactions.label AND sessions.reason IS NULL
