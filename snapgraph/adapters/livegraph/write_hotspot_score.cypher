// One row per pair of nodes: {source, target, properties}.
UNWIND $rows AS row
MATCH (a:Table {name: row.source})
MATCH (b:Table {name: row.target})
MERGE (a)-[r:HOTSPOT_SCORE]->(b)
SET r += row.properties
