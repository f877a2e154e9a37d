// One row per relationship between two tables without calls for 24 hours: {source, target, type}.
UNWIND $rows AS row
MATCH (:Table {name: row.source})-[r]->(:Table {name: row.target})
WHERE type(r) = row.type
DELETE r
