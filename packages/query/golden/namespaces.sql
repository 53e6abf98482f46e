SELECT DISTINCT namespace FROM processes WHERE namespace != '' ORDER BY namespace LIMIT 10000


