SELECT toString(max(updated_ns)) AS reported FROM pods


