// One row per table: {name, properties}.
UNWIND $rows AS row
MERGE (n:Table {name: row.name})
SET n += row.properties
