-- Checks the sessions, without the labels of the lists.
SELECT min(row) AS row, actor, session, count(*) AS length,
       CASE WHEN count(*) < {min_history} THEN 'shorter than clean.min_history' END AS reason,
       concat(count(*), ' interactions') AS sample
FROM interactions
WHERE NOT label
GROUP BY actor, session
