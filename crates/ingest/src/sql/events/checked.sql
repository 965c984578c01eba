-- Checks the log: drops all events of bots, and accidental repetitions.
WITH hourly AS (
  SELECT *, sum(CASE WHEN event = 'interaction' AND reason IS NULL THEN 1 ELSE 0 END) OVER (
              PARTITION BY actor ORDER BY coalesce(time_ms, 0) RANGE BETWEEN 3600000 PRECEDING AND CURRENT ROW) AS in_one_hour
  FROM events_actors
),
busiest AS (
  SELECT *, reason IS NULL AND actor IS NOT NULL AND max(in_one_hour) OVER (PARTITION BY actor) > {bot_events_per_hour} AS bot
  FROM hourly
),
paced AS (
  SELECT *, time_ms - lag(time_ms) OVER (
              PARTITION BY reason IS NULL AND NOT bot, event, actor, item, kind ORDER BY time_ms, row) AS pause_ms
  FROM busiest
)
SELECT row, event, id, actor, item, kind, ranking, query, time_ms,
       CASE WHEN reason IS NOT NULL THEN reason
            WHEN bot THEN 'bot: more than clean.bot_events_per_hour'
            WHEN event = 'interaction' AND pause_ms <= {double_click_ms} THEN 'same again within clean.double_click_s'
       END AS reason,
       CASE WHEN reason LIKE '%time%' THEN timestamp ELSE left(concat_ws(' ', kind, sample), 120) END AS sample
FROM paced
