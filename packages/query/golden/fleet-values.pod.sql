SELECT DISTINCT toString(pod) AS value
FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p0:String}) AND ((match(pod, {p1:String})) OR NOT (ended_ns = 0)) AND (pid IN {p2:Array(UInt64)})) AND started_ns <= {p3:Int64} AND (ended_ns = 0 OR ended_ns >= {p4:Int64}))
WHERE value != ''
ORDER BY value
LIMIT {p5:UInt32}

-- p0 = "shop"
-- p1 = "^cart-"
-- p2 = [1, 17]
-- p3 = "1700003600000000000"
-- p4 = "1700000000000000000"
-- p5 = 1000
