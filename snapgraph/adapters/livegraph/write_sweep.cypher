// Relationships between tables of the observed database that nobody has written for 24 hours: left by an earlier run.
MATCH (a:Table {database: $database})-[r:QUERIES_PER_SEC|AVG_LATENCY_MS|JOIN_FREQUENCY|INDEX_EFFICIENCY|HOTSPOT_SCORE|LOAD_FACTOR]->(:Table)
WHERE r.updated_at < $before
DELETE r
