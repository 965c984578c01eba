-- Lists whose query is not k-anonymous. The sample is empty, since it would disclose the query.
SELECT DISTINCT list AS row, 'query of fewer visitors than privacy.min_query_visitors: removed' AS reason, '' AS sample
FROM shown_kept WHERE query IS NOT NULL AND lower(query) NOT IN (SELECT query FROM k_anonymous_queries)
