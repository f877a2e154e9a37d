// One row per pair of nodes: {source, target, properties}.
UNWIND $rows AS row
MATCH (a:Table {name: row.source})
MATCH (b:Table {name: row.target})
MERGE (a)-[r:LOAD_FACTOR]->(b)
SET r += row.properties
