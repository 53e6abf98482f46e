SELECT toString(id) AS key, lifetime_ns AS lifetime, free_thread, free_stack FROM late_frees
WHERE process = {p0:UInt64} AND id IN {p1:Array(UInt64)}
LIMIT {p2:UInt32}

-- p0 = "6840000000000000001"
-- p1 = [5, 18446744073709551615]
-- p2 = 2
