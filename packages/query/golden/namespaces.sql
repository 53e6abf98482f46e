SELECT DISTINCT namespace FROM
(SELECT toString(namespace) AS namespace FROM processes UNION ALL SELECT toString(namespace) AS namespace FROM pods)
WHERE namespace != '' ORDER BY namespace LIMIT 10000


