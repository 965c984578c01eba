-- Checks graded rows. Of rows with the same (query, title) the first is kept, with the mean of their grades.
WITH parsed AS (
  SELECT _row AS row, _too_wide AS too_wide,
         trim(coalesce({query}, '')) AS query,
         {clean_title} AS title,
         trim(coalesce({grade}, '')) AS grade_text,
         TRY_CAST(trim({grade}) AS DOUBLE) AS grade
  FROM raw_lists
),
checked AS (
  SELECT *, lower(query) AS key,
         CASE WHEN too_wide THEN 'more fields than columns'
              WHEN query = '' THEN 'empty query'
              WHEN title = '' THEN 'empty title'
              WHEN grade_text = '' THEN 'empty grade'
              WHEN grade IS NULL OR isnan(grade) THEN 'grade is not a number'
              WHEN grade < {min} OR grade > {max} THEN 'grade outside {min} to {max}'
         END AS bad
  FROM parsed
),
repeated AS (
  SELECT *, row_number() OVER (PARTITION BY bad IS NULL, key, title ORDER BY row) AS nth,
         avg(grade) OVER (PARTITION BY bad IS NULL, key, title) AS mean_grade
  FROM checked
)
SELECT row, key, query, title, mean_grade AS grade,
       CASE WHEN bad IS NOT NULL THEN bad
            WHEN nth > 1 THEN 'query and title twice: the grades are averaged'
       END AS reason,
       left(concat(query, ' | ', title, ' | ', grade_text), 120) AS sample
FROM repeated
