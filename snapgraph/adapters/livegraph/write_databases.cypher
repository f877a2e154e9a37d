// One row, the observed database: {name, properties}.
UNWIND $rows AS row
MERGE (n:Database {name: row.name})
SET n += row.properties
