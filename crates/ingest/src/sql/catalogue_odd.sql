-- Products that were kept with a fact left empty.
SELECT row, split_part(odd, ': ', 1) AS reason, concat(id, ': ', split_part(odd, ': ', 2)) AS sample
FROM catalogue_judged
WHERE reason IS NULL AND odd IS NOT NULL
