// One row per pair of nodes: {source, target, properties}.
UNWIND $rows AS row
MATCH (a:Database {name: row.source})
MATCH (b:Database {name: row.target})
MERGE (a)-[r:ERROR_RATE]->(b)
SET r += row.properties
