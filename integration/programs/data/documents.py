# JSON in Python: builds documents, prints and parses them, sorts and counts. Prints one line; ends with code 7.
import hashlib
import json
import sys

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
digest = hashlib.sha256()
for n in range(rounds):
    rows = [{"id": i, "name": f"row {i * n}", "tags": ["x" * (i % 50), str(i)], "nested": {"v": i / 7}} for i in range(3000)]
    text = json.dumps(rows, sort_keys=True)
    back = json.loads(text)
    back.sort(key=lambda row: (row["tags"][0], -row["id"]))
    digest.update(json.dumps(back[:500]).encode())
print(digest.hexdigest())
sys.exit(7)
