-- The actor of each event as a pseudonym: the user, else the session, else the viewer of the list that the interaction refers to.
WITH viewers AS (
  SELECT id, coalesce("user", session) AS name FROM events_timed WHERE event = 'ranking' AND reason IS NULL AND id IS NOT NULL
),
named AS (
  SELECT events_timed.*, coalesce(events_timed."user", events_timed.session, viewers.name) AS name
  FROM events_timed
  LEFT JOIN viewers ON events_timed.event = 'interaction' AND events_timed.ranking = viewers.id
)
SELECT named.row, event, named.id, item, kind, ranking, query, time_ms, timestamp, sample,
       CASE WHEN name IS NOT NULL THEN {user_hash} END AS actor,
       CASE WHEN reason IS NOT NULL THEN reason
            WHEN event <> 'interaction' THEN NULL
            WHEN name IS NULL THEN 'no user, no session and no known list'
            WHEN {unknown} THEN 'unknown item'
       END AS reason
FROM named LEFT JOIN known_items ON named.item = known_items.id
