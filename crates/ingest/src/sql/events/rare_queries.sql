-- Lists whose query is too rare to be kept; the sample does not tell it either.
SELECT DISTINCT list AS row, 'query of fewer visitors than privacy.min_query_visitors: not kept' AS reason, '' AS sample
FROM shown_kept WHERE query IS NOT NULL AND lower(query) NOT IN (SELECT query FROM k_anonymous_queries)
