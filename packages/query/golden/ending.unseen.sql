SELECT detail FROM losses FINAL
WHERE process = {p0:UInt64} AND kind = 'unseen_end'
ORDER BY block DESC
LIMIT 1

-- p0 = "6840000000000000001"
